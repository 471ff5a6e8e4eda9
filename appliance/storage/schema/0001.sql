-- Times named *_at are the office clock (monotonic, continued over boots); *wall are seconds since 1970.

CREATE TABLE boots (
    id INTEGER PRIMARY KEY,
    boot TEXT NOT NULL UNIQUE,      -- /proc/sys/kernel/random/boot_id
    shift REAL NOT NULL,            -- office clock = CLOCK_MONOTONIC + shift during this boot
    wall REAL NOT NULL
);

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,         -- seq of the first event that was handled together with this one
    at REAL NOT NULL,
    wall REAL NOT NULL,
    boot INTEGER NOT NULL REFERENCES boots (id),
    kind TEXT NOT NULL,             -- the event's type
    body TEXT NOT NULL,             -- its fields as JSON
    crc INTEGER NOT NULL            -- CRC-32 over all of the above
);

CREATE TABLE checkpoints (
    seq INTEGER PRIMARY KEY,        -- the last journal record that is folded into the state
    at REAL NOT NULL,
    state BLOB NOT NULL,
    sha256 BLOB NOT NULL
);

CREATE TABLE contacts (
    contact TEXT PRIMARY KEY,
    queue TEXT NOT NULL,
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    origin TEXT NOT NULL,
    arrived_wall REAL NOT NULL,
    waited_s REAL NOT NULL DEFAULT 0,
    talked_s REAL NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT '',
    agent TEXT NOT NULL DEFAULT '',
    ended_wall REAL NOT NULL DEFAULT 0
);
CREATE INDEX contacts_by_time ON contacts (arrived_wall);

CREATE TABLE offers (
    offer TEXT PRIMARY KEY,
    contact TEXT NOT NULL,
    agent TEXT NOT NULL,
    queue TEXT NOT NULL,
    opened_wall REAL NOT NULL,
    rang_s REAL NOT NULL,
    outcome TEXT NOT NULL
);
CREATE INDEX offers_by_contact ON offers (contact);

CREATE TABLE segments (                -- contact x agent x time, the unit of reporting (acd.md 3.1)
    offer TEXT PRIMARY KEY,
    contact TEXT NOT NULL,
    agent TEXT NOT NULL,
    began_wall REAL NOT NULL,
    talked_s REAL NOT NULL DEFAULT 0
);
CREATE INDEX segments_by_contact ON segments (contact, began_wall);

CREATE TABLE duty (
    agent TEXT NOT NULL,
    wall REAL NOT NULL,
    is_available INTEGER NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL                -- '' is the engine, which only ever goes off (D-03)
);
CREATE INDEX duty_by_agent ON duty (agent, wall);

CREATE TABLE recordings (
    recording TEXT PRIMARY KEY,
    contact TEXT NOT NULL,
    agent TEXT NOT NULL,
    path TEXT NOT NULL DEFAULT '',
    began_wall REAL NOT NULL,
    seconds REAL NOT NULL DEFAULT 0,
    cause TEXT NOT NULL DEFAULT '',
    closed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX recordings_by_contact ON recordings (contact);
CREATE INDEX recordings_by_time ON recordings (began_wall);

CREATE TABLE secrets (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;
