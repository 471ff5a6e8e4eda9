ALTER TABLE contacts ADD COLUMN why TEXT NOT NULL DEFAULT '';          -- the cause of the outcome in one word
ALTER TABLE contacts ADD COLUMN handled_by TEXT NOT NULL DEFAULT '';   -- who saw to a callback that came to nothing
