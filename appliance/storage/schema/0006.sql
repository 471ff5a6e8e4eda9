CREATE TABLE texts (
    text TEXT PRIMARY KEY,
    thread TEXT NOT NULL,                   -- who with whom: a queue and a number, or two numbers
    queue TEXT NOT NULL,                    -- whose inbox it is in, '' between two people
    kind TEXT NOT NULL,                     -- in, out (of the queue), between (people), slip
    sender TEXT NOT NULL,                   -- numbers; of a slip the sender is the caller it is about
    recipient TEXT NOT NULL,
    author TEXT NOT NULL,                   -- who wrote it at the page, '' a phone
    body TEXT NOT NULL,
    contact TEXT NOT NULL DEFAULT '',       -- the call that a slip is about
    wall REAL NOT NULL,
    state TEXT NOT NULL,                    -- kept, waiting, delivered, refused, expired
    code INTEGER NOT NULL DEFAULT 0,        -- how the phone answered last
    seen_by TEXT NOT NULL DEFAULT '',
    seen_wall REAL NOT NULL DEFAULT 0
);
CREATE INDEX texts_by_thread ON texts (thread);
CREATE INDEX texts_waiting ON texts (wall) WHERE state = 'waiting';
CREATE INDEX texts_new ON texts (queue) WHERE seen_by = '' AND kind IN ('in', 'slip');
-- Calls that nobody took are new until somebody has seen them (S-22); those from before this are old.
UPDATE contacts SET handled_by = '-' WHERE outcome IN ('abandoned', 'dismissed', 'lost') AND handled_by = '';
CREATE INDEX contacts_new ON contacts (queue) WHERE handled_by = '' AND outcome IN ('abandoned', 'dismissed', 'lost', 'callback');
CREATE INDEX voicemails_new ON voicemails (box) WHERE handled_by = '';
