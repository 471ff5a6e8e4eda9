ALTER TABLE contacts ADD COLUMN evidence TEXT NOT NULL DEFAULT '';   -- by what an analogue line took the number for answered
