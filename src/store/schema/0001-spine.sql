-- Step 1: the spine. Times are milliseconds since 1970 in UTC; addresses compare without regard to case.

-- Single facts of the desk: what was last seen of the mailbox, when it was last polled, and the like.
CREATE TABLE state (
    key   TEXT NOT NULL PRIMARY KEY, -- a name known to the code
    value TEXT NOT NULL              -- its value as text
) STRICT, WITHOUT ROWID;

-- Bytes of mails as they came, once for each content.
CREATE TABLE raw (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 BLOB NOT NULL UNIQUE, -- of the bytes as they came
    size   INTEGER NOT NULL,     -- of the bytes as they came
    bytes  BLOB NOT NULL         -- zstd frame of them
) STRICT;

-- What is known by number: one request and all that was said about it. A projection of its events.
CREATE TABLE tickets (
    number         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
    subject        TEXT NOT NULL,                     -- as first written, cleaned
    status         TEXT NOT NULL CHECK (status IN ('new', 'open', 'pending', 'on-hold', 'solved', 'closed', 'spam')),
    status_since   INTEGER NOT NULL,                  -- when it got that status
    priority       TEXT NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    queue          TEXT NOT NULL,                     -- name of the queue
    assignee       TEXT COLLATE NOCASE,               -- agent's address, NULL for nobody
    requester      TEXT NOT NULL COLLATE NOCASE,      -- whose request it is
    requester_name TEXT,                              -- as they write it
    verified       INTEGER NOT NULL,                  -- 0 if the opening mail failed authentication
    tags           TEXT NOT NULL,                     -- JSON array of strings
    version        INTEGER NOT NULL,                  -- how many events made it
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX tickets_requester ON tickets (requester, status);
CREATE INDEX tickets_assignee ON tickets (assignee, status) WHERE assignee IS NOT NULL;
CREATE INDEX tickets_status ON tickets (status, status_since);

-- One mail that was read, and what became of it. Together with its key the ledger of the mailbox.
CREATE TABLE inbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox        TEXT NOT NULL,      -- the server's name for it; '' for mail that was delivered by pipe
    uidvalidity    INTEGER,            -- NULL for the pipe
    uid            INTEGER,            -- NULL for the pipe
    arrived_at     INTEGER NOT NULL,   -- when we stored it
    sha256         BLOB NOT NULL,      -- of the bytes, or of the header block if it was refused
    size           INTEGER NOT NULL,   -- of the whole mail, as the server says if it was refused
    raw            INTEGER REFERENCES raw (id), -- the bytes; for a refused mail only its header block
    quiet          INTEGER NOT NULL,   -- 1: nothing is sent to the customer for it
    released       INTEGER NOT NULL,   -- 1: the operator vouches for it
    attempts       INTEGER NOT NULL,   -- counted before the try
    marked         INTEGER NOT NULL,   -- 0: the server is still to be told; 1: told, or nothing to tell
    identity       BLOB,               -- SHA-256 of what makes it this mail; NULL until read
    message_id     TEXT,
    from_address   TEXT COLLATE NOCASE,
    subject        TEXT,
    origin         TEXT,
    authentication TEXT,
    outcome        TEXT CHECK (outcome IN ('message', 'note', 'command', 'record', 'duplicate', 'quarantine', 'held', 'refused')),
    ticket         INTEGER REFERENCES tickets (number),
    reason         TEXT
) STRICT;
CREATE UNIQUE INDEX inbox_ledger ON inbox (mailbox, uidvalidity, uid) WHERE uid IS NOT NULL;
CREATE INDEX inbox_undecided ON inbox (id) WHERE outcome IS NULL;
CREATE INDEX inbox_quarantined ON inbox (id) WHERE outcome = 'quarantine';
CREATE INDEX inbox_unannounced ON inbox (id) WHERE outcome = 'refused' AND origin IS NULL;
CREATE INDEX inbox_unmarked ON inbox (mailbox, uidvalidity, uid) WHERE marked = 0;
CREATE INDEX inbox_identity ON inbox (identity) WHERE identity IS NOT NULL;

-- One appended fact about a ticket. Folding them from empty gives the row in `tickets`.
CREATE TABLE events (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket INTEGER NOT NULL REFERENCES tickets (number),
    at     INTEGER NOT NULL,
    body   TEXT NOT NULL -- JSON, tagged by `kind`
) STRICT;
CREATE INDEX events_ticket ON events (ticket, id);

-- What was said: public messages and internal notes.
CREATE TABLE entries (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket      INTEGER NOT NULL REFERENCES tickets (number),
    at          INTEGER NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('message', 'note')),
    direction   TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    author      TEXT NOT NULL COLLATE NOCASE, -- address of who said it
    author_name TEXT,                         -- as they write it
    verified    TEXT NOT NULL,                -- authentication of that mail: pass, fail, none
    text        TEXT NOT NULL,                -- the new text
    message_id  TEXT,                         -- of the mail that said it
    inbox       INTEGER REFERENCES inbox (id), -- that mail
    attachments TEXT NOT NULL                 -- JSON array of {name, type, size}
) STRICT;
CREATE INDEX entries_ticket ON entries (ticket, id);

-- Who takes part in a ticket.
CREATE TABLE participants (
    ticket  INTEGER NOT NULL REFERENCES tickets (number),
    address TEXT NOT NULL COLLATE NOCASE,
    name    TEXT,
    role    TEXT NOT NULL CHECK (role IN ('requester', 'cc')),
    mailed  INTEGER NOT NULL, -- 1: answers go to them; 0: they may only join
    PRIMARY KEY (ticket, address)
) STRICT, WITHOUT ROWID;

-- Message-IDs of others, and to which tickets they lead. An id referred to before its mail came is a ghost.
CREATE TABLE message_ids (
    id     TEXT NOT NULL,    -- without brackets
    ticket INTEGER NOT NULL REFERENCES tickets (number),
    kind   TEXT NOT NULL CHECK (kind IN ('ghost', 'public', 'internal')),
    by     TEXT NOT NULL COLLATE NOCASE, -- who referred to it, or wrote it
    PRIMARY KEY (id, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_ids_ticket ON message_ids (ticket);

-- What somebody was told they would get, and by when.
CREATE TABLE promises (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket  INTEGER NOT NULL REFERENCES tickets (number),
    what    TEXT NOT NULL,    -- 'first answer', 'next answer'
    who     TEXT COLLATE NOCASE, -- agent who gave it, NULL for the desk
    made_at INTEGER NOT NULL,
    due_at  INTEGER NOT NULL,
    kept_at INTEGER           -- NULL while it is open
) STRICT;
CREATE INDEX promises_ticket ON promises (ticket);
CREATE INDEX promises_open ON promises (due_at) WHERE kept_at IS NULL;

-- One mail to one recipient.
CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket          INTEGER REFERENCES tickets (number),
    entry           INTEGER REFERENCES entries (id), -- the entry that it carries or tells of
    kind            TEXT NOT NULL,    -- acknowledgement, notification, reply, transcript, alarm
    cause           TEXT NOT NULL,    -- what it is about, for bounds: '' or the cause of an alarm or notice
    recipient       TEXT NOT NULL COLLATE NOCASE,
    message_id      TEXT NOT NULL,    -- without brackets; the same at every try
    reply_goes      TEXT NOT NULL CHECK (reply_goes IN ('public', 'internal', 'nowhere')),
    seen_version    INTEGER NOT NULL, -- the ticket's version that this mail shows
    queued_at       INTEGER NOT NULL,
    due_at          INTEGER NOT NULL, -- not tried before
    state           TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'unknown', 'sent', 'refused', 'expired')),
    attempts        INTEGER NOT NULL,
    last_attempt_at INTEGER,
    last_reply      TEXT,             -- the relay's words, or what went wrong
    returned        INTEGER NOT NULL  -- 1: nothing more is to be decided about its failure
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state IN ('queued', 'unknown');
CREATE INDEX outbox_sending ON outbox (id) WHERE state = 'sending';
CREATE INDEX outbox_returning ON outbox (id) WHERE returned = 0 AND state IN ('refused', 'expired');
CREATE INDEX outbox_bounds ON outbox (kind, recipient, queued_at);
CREATE INDEX outbox_attempted ON outbox (kind, last_attempt_at) WHERE last_attempt_at IS NOT NULL;
CREATE INDEX outbox_ticket ON outbox (ticket) WHERE ticket IS NOT NULL;

-- What goes over the wire, apart so that a change of state does not rewrite it.
CREATE TABLE outbox_bytes (
    id    INTEGER PRIMARY KEY REFERENCES outbox (id),
    bytes BLOB NOT NULL -- zstd frame of the composed pieces; files are named by inbox row and range
) STRICT;

-- Notifications above an agent's hourly bound, until one mail bundles them.
CREATE TABLE bundle (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    agent  TEXT NOT NULL COLLATE NOCASE,
    ticket INTEGER NOT NULL REFERENCES tickets (number),
    at     INTEGER NOT NULL,
    line   TEXT NOT NULL -- who wrote, about what
) STRICT;
CREATE INDEX bundle_agent ON bundle (agent, id);

-- What is wrong just now and wants a person.
CREATE TABLE problems (
    cause   TEXT NOT NULL PRIMARY KEY, -- a name known to the code
    what    TEXT NOT NULL,             -- what happened
    advice  TEXT NOT NULL,             -- what to do
    since   INTEGER NOT NULL,
    told_at INTEGER                    -- when the owner was last written to
) STRICT, WITHOUT ROWID;

-- Full text of every entry; row ids are those of `entries`.
CREATE VIRTUAL TABLE search USING fts5 (
    subject, people, text,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
