ALTER TABLE contacts ADD COLUMN note TEXT NOT NULL DEFAULT '';   -- as it was typed last
ALTER TABLE contacts ADD COLUMN code TEXT NOT NULL DEFAULT '';   -- what the call was about
