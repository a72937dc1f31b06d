-- Step 9: copies of answers that are owed to a folder of the mail account, or lie there.

CREATE TABLE sent_copies (
    entry   INTEGER PRIMARY KEY REFERENCES entries (id), -- the answer
    outbox  INTEGER NOT NULL REFERENCES outbox (id),     -- the mail of it that is copied: what the first recipient got
    owed_at INTEGER NOT NULL,                            -- when that was accepted
    due_at  INTEGER NOT NULL,                            -- not tried before
    tries   INTEGER NOT NULL,                            -- counted before the try
    words   TEXT,                                        -- why the last try failed; NULL if none did
    done_at INTEGER                                      -- when it lay there, or was given up; NULL while it is owed
) STRICT;
CREATE INDEX sent_copies_owed ON sent_copies (due_at) WHERE done_at IS NULL;
