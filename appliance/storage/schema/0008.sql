ALTER TABLE contacts ADD COLUMN placed_by TEXT NOT NULL DEFAULT '';   -- the agent who called them, '' who called us
