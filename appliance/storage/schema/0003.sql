CREATE TABLE mails (
    message_id TEXT PRIMARY KEY,
    recipient TEXT NOT NULL,
    message BLOB NOT NULL,
    attachment TEXT NOT NULL DEFAULT ''
);
