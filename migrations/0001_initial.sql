-- All instants are UTC milliseconds. Ids of runs and approvals are hyphenless lower-case hex.
-- A topic of 0 means "no topic", so that a place can be part of a key.

-- The inbox: what the chat service told us, committed before it is acknowledged.
CREATE TABLE updates (
    update_id   INTEGER PRIMARY KEY,
    body        TEXT    NOT NULL,
    status      TEXT    NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'applied', 'failed')),
    received_at INTEGER NOT NULL,
    applied_at  INTEGER,
    error       TEXT,
    CHECK ((status = 'pending') = (applied_at IS NULL)),
    CHECK ((status = 'failed') = (error IS NOT NULL))
) STRICT;

CREATE INDEX updates_pending ON updates (update_id) WHERE status = 'pending';

CREATE TABLE conversations (
    chat       INTEGER NOT NULL,
    topic      INTEGER NOT NULL DEFAULT 0,
    agent      TEXT,
    workspace  TEXT,
    engine     TEXT,
    session    TEXT,             -- JSON
    settings   TEXT    NOT NULL, -- JSON
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (chat, topic)
) STRICT, WITHOUT ROWID;

CREATE TABLE dialogues (
    chat       INTEGER NOT NULL,
    topic      INTEGER NOT NULL DEFAULT 0,
    user       INTEGER NOT NULL,
    state      TEXT    NOT NULL, -- JSON
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (chat, topic, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    chat            INTEGER NOT NULL,
    topic           INTEGER NOT NULL DEFAULT 0,
    requester       INTEGER NOT NULL,
    request_message INTEGER,
    agent           TEXT    NOT NULL,
    engine          TEXT    NOT NULL,
    workspace       TEXT    NOT NULL,
    prompt          TEXT    NOT NULL,
    phase           TEXT    NOT NULL CHECK (phase IN
        ('queued', 'starting', 'running', 'awaiting_approval', 'stopping', 'finished')),
    run             TEXT,
    approvals       TEXT, -- JSON list of ids, oldest first
    stop_reason     TEXT CHECK (stop_reason IN ('user', 'timeout')),
    outcome         TEXT CHECK (outcome IN ('succeeded', 'failed', 'stopped', 'timed_out', 'interrupted')),
    reason          TEXT,
    queue_rank      INTEGER NOT NULL, -- lower goes first
    steps           INTEGER,
    cost_usd        REAL,
    tokens          INTEGER,
    created_at      INTEGER NOT NULL,
    started_at      INTEGER,
    ended_at        INTEGER,
    CHECK ((phase IN ('queued', 'finished')) = (run IS NULL)),
    CHECK ((phase = 'awaiting_approval') = (approvals IS NOT NULL)),
    CHECK ((phase = 'stopping') = (stop_reason IS NOT NULL)),
    CHECK ((phase = 'finished') = (outcome IS NOT NULL)),
    CHECK ((outcome IS 'failed') = (reason IS NOT NULL))
) STRICT;

CREATE INDEX tasks_place ON tasks (chat, topic, id);
CREATE INDEX tasks_unfinished ON tasks (chat, topic, queue_rank, id) WHERE phase <> 'finished';

CREATE TABLE runs (
    id         TEXT    PRIMARY KEY,
    task       INTEGER NOT NULL REFERENCES tasks (id),
    engine     TEXT    NOT NULL,
    session    TEXT,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE task_events (
    task INTEGER NOT NULL REFERENCES tasks (id),
    seq  INTEGER NOT NULL, -- counted from 1 within the task
    at   INTEGER NOT NULL,
    body TEXT    NOT NULL, -- JSON
    PRIMARY KEY (task, seq)
) STRICT;

CREATE TABLE approvals (
    id        TEXT    PRIMARY KEY,
    task      INTEGER NOT NULL REFERENCES tasks (id),
    run       TEXT    NOT NULL,
    request   TEXT    NOT NULL,
    chat      INTEGER NOT NULL,
    topic     INTEGER NOT NULL DEFAULT 0,
    requester INTEGER NOT NULL,
    agent     TEXT    NOT NULL,
    payload   TEXT    NOT NULL, -- the exact JSON that was hashed
    sha256    TEXT    NOT NULL,
    nonce     INTEGER NOT NULL,
    asked_at  INTEGER NOT NULL,
    deadline  INTEGER NOT NULL,
    status    TEXT    NOT NULL CHECK (status IN
        ('open', 'granted', 'granted_by_rule', 'denied', 'expired', 'superseded', 'undeliverable')),
    detail    TEXT    NOT NULL -- JSON: the whole status
) STRICT;

CREATE INDEX approvals_open ON approvals (chat, topic, asked_at) WHERE status = 'open';
CREATE INDEX approvals_task ON approvals (task, asked_at);

-- The outbox: what is on its way to a chat.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chat       INTEGER NOT NULL,
    topic      INTEGER NOT NULL DEFAULT 0,
    reply_to   INTEGER,
    kind       TEXT    NOT NULL CHECK (kind IN ('send', 'edit')),
    priority   INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3), -- lower goes first
    subject    TEXT,
    payload    TEXT    NOT NULL, -- JSON with a version
    after_id   INTEGER REFERENCES outbox (id) ON DELETE SET NULL,
    approval   TEXT,
    status     TEXT    NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
    created_at INTEGER NOT NULL,
    ended_at   INTEGER,
    message_id INTEGER,
    error      TEXT,
    CHECK ((status = 'pending') = (ended_at IS NULL)),
    CHECK ((status = 'failed') = (error IS NOT NULL)),
    CHECK (kind = 'send' OR subject IS NOT NULL)
) STRICT;

CREATE INDEX outbox_pending ON outbox (chat, id) WHERE status = 'pending';
CREATE INDEX outbox_after ON outbox (after_id) WHERE after_id IS NOT NULL;

-- Where the messages stand that are changed later.
CREATE TABLE posts (
    subject    TEXT    PRIMARY KEY,
    chat       INTEGER NOT NULL,
    message_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
