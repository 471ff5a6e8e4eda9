-- How many seconds of an exchange's tone were cut off a recording's end, because the caller was gone already.
ALTER TABLE recordings ADD COLUMN trimmed_s REAL NOT NULL DEFAULT 0;
