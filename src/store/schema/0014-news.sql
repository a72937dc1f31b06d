-- Step 14: what nobody has to do anything about today, until the mail of the morning tells it.

CREATE TABLE news (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    reader TEXT NOT NULL COLLATE NOCASE, -- address of whose mail it will be
    ticket INTEGER NOT NULL REFERENCES tickets (number),
    at     INTEGER NOT NULL,             -- when it happened
    words  TEXT NOT NULL                 -- what, as they read it
) STRICT;
CREATE INDEX news_reader ON news (reader, id);
