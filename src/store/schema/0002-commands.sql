-- Step 2: what agents' commands need.

-- A mail whose signature cannot be judged now, because nobody answers for its key, waits and lets others pass.
ALTER TABLE inbox ADD COLUMN put_off INTEGER NOT NULL DEFAULT 0; -- how often it was put off
ALTER TABLE inbox ADD COLUMN not_before INTEGER;                 -- it is not decided before; NULL for now

-- By when it should be done, for agents; NULL for no such time.
ALTER TABLE tickets ADD COLUMN due_at INTEGER;
-- Minutes worked on it.
ALTER TABLE tickets ADD COLUMN worked INTEGER NOT NULL DEFAULT 0;

-- Until when a held mail waits for its agent; NULL for what is not held.
ALTER TABLE inbox ADD COLUMN held_until INTEGER;
-- The mail that released or replaced it; NULL if none did.
ALTER TABLE inbox ADD COLUMN released_by INTEGER REFERENCES inbox (id);
CREATE INDEX inbox_held ON inbox (held_until) WHERE outcome = 'held';

-- The mail that a transcript speaks of; NULL for other mails.
ALTER TABLE outbox ADD COLUMN about INTEGER REFERENCES inbox (id);

-- What is to happen at a time.
CREATE TABLE wakes (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket  INTEGER NOT NULL REFERENCES tickets (number),
    kind    TEXT NOT NULL CHECK (kind IN ('remind', 'due', 'reopen')),
    at      INTEGER NOT NULL,
    what    TEXT NOT NULL,                -- the agent's words, perhaps none
    agent   TEXT NOT NULL COLLATE NOCASE, -- who asked for it
    done_at INTEGER                       -- NULL while it is to come
) STRICT;
CREATE INDEX wakes_due ON wakes (at) WHERE done_at IS NULL;
CREATE INDEX wakes_ticket ON wakes (ticket) WHERE done_at IS NULL;

-- Merged, unmerged and split. Nothing is moved when tickets are merged: what belongs to a ticket is found through the tickets
-- that went into it, so that it can be undone.
ALTER TABLE tickets ADD COLUMN merged_into INTEGER REFERENCES tickets (number); -- in which it goes on; NULL for most
CREATE INDEX tickets_merged ON tickets (merged_into) WHERE merged_into IS NOT NULL;

-- Where mails go that point to a ticket in which their writer takes part no longer, since it was unmerged.
CREATE TABLE turns (
    ticket  INTEGER NOT NULL REFERENCES tickets (number), -- to which they point
    address TEXT NOT NULL COLLATE NOCASE,                 -- whose mails
    goes_to INTEGER NOT NULL REFERENCES tickets (number),
    PRIMARY KEY (ticket, address)
) STRICT, WITHOUT ROWID;

-- The ticket in which a mail was said that was split off, and from which its id led away; NULL for what stayed where it came.
ALTER TABLE entries ADD COLUMN split_from INTEGER REFERENCES tickets (number);
ALTER TABLE message_ids ADD COLUMN split_from INTEGER REFERENCES tickets (number);

-- For `#why`: mails of a ticket that became nothing said. Few, so the index costs the others nothing.
CREATE INDEX inbox_of_ticket ON inbox (ticket) WHERE outcome IN ('held', 'record', 'duplicate', 'quarantine');

-- Who is away. An agent has at most one row that has not ended; one whose time is over needs no ending.
CREATE TABLE absences (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    agent    TEXT NOT NULL COLLATE NOCASE,
    since    INTEGER NOT NULL,
    until    INTEGER,                        -- NULL until they say that they are back
    backup   TEXT COLLATE NOCASE,            -- who stands in; NULL for nobody by name
    why      TEXT NOT NULL CHECK (why IN ('command', 'machine')),
    mail     INTEGER REFERENCES inbox (id),  -- the mail by which it is known
    ended_at INTEGER                         -- when they came back or said otherwise
) STRICT;
CREATE UNIQUE INDEX absences_standing ON absences (agent) WHERE ended_at IS NULL;
