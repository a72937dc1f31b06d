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

-- `#undo`: which agent's mail caused what, so that it can be taken back; NULL where nobody can.
ALTER TABLE events ADD COLUMN by_mail INTEGER REFERENCES inbox (id);
ALTER TABLE outbox ADD COLUMN by_mail INTEGER REFERENCES inbox (id);
CREATE INDEX events_by_mail ON events (by_mail) WHERE by_mail IS NOT NULL;
CREATE INDEX outbox_by_mail ON outbox (by_mail) WHERE by_mail IS NOT NULL;
-- The mail was taken back before it was handed over. Its state is 'expired' then: it is not tried any more.
ALTER TABLE outbox ADD COLUMN withdrawn_at INTEGER;
-- The words were taken back before anybody outside had them.
ALTER TABLE entries ADD COLUMN withdrawn_at INTEGER;
-- The ticket's version once this was said: whoever saw an older one did not see these words.
ALTER TABLE entries ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
-- The mail that took this one back; NULL if none did.
ALTER TABLE inbox ADD COLUMN undone_by INTEGER REFERENCES inbox (id);
CREATE INDEX inbox_undone ON inbox (undone_by) WHERE undone_by IS NOT NULL;

-- One-time keys: wrong ones that came. `released` is 2 for mail that its key released.
CREATE INDEX outbox_about ON outbox (about) WHERE about IS NOT NULL;
ALTER TABLE inbox ADD COLUMN key_tries INTEGER NOT NULL DEFAULT 0;

-- Outsiders to whom an agent wrote about a ticket without making them take part: what they answer is internal.
CREATE TABLE third_parties (
    ticket  INTEGER NOT NULL REFERENCES tickets (number),
    address TEXT NOT NULL COLLATE NOCASE,
    name    TEXT, -- as the agent wrote it; NULL if they did not
    PRIMARY KEY (ticket, address)
) STRICT, WITHOUT ROWID;
