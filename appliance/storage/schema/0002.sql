CREATE TABLE voicemails (
    recording TEXT PRIMARY KEY,
    contact TEXT NOT NULL,
    box TEXT NOT NULL,                 -- a queue, a phone or an agent
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    began_wall REAL NOT NULL,
    path TEXT NOT NULL DEFAULT '',
    seconds REAL NOT NULL DEFAULT 0,
    spoke_s REAL NOT NULL DEFAULT 0,
    cause TEXT NOT NULL DEFAULT '',
    closed INTEGER NOT NULL DEFAULT 0,
    handled_by TEXT NOT NULL DEFAULT '',
    handled_wall REAL NOT NULL DEFAULT 0
);
CREATE INDEX voicemails_by_time ON voicemails (began_wall);
