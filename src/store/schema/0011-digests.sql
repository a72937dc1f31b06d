-- Step 11: for which days somebody had their mail of the morning, or nothing was to be told, so that none comes twice.

CREATE TABLE digests (
    reader TEXT NOT NULL COLLATE NOCASE, -- address of whose mail it is
    day    TEXT NOT NULL,                -- the day, as 2026-11-27, by the clock of their queue
    at     INTEGER NOT NULL,             -- when it was made
    seen   INTEGER NOT NULL,             -- the last event that was there then
    PRIMARY KEY (reader, day)
) STRICT, WITHOUT ROWID;
