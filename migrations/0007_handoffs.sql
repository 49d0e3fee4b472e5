-- Requests that agents carry out one after the other.
CREATE TABLE chains (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    chat            INTEGER NOT NULL,
    topic           INTEGER NOT NULL DEFAULT 0,
    requester       INTEGER NOT NULL,
    request_message INTEGER,
    prompt          TEXT    NOT NULL,
    steps           TEXT    NOT NULL, -- JSON list, in order: agent, engine, workspace, state, task
    state           TEXT    NOT NULL CHECK (state IN ('working', 'waiting', 'stopping', 'succeeded', 'stopped')),
    created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX chains_place ON chains (chat, topic, id);

-- Requests that agents carry out side by side.
CREATE TABLE races (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    chat            INTEGER NOT NULL,
    topic           INTEGER NOT NULL DEFAULT 0,
    requester       INTEGER NOT NULL,
    request_message INTEGER,
    prompt          TEXT    NOT NULL,
    workspace       TEXT    NOT NULL,
    runners         TEXT    NOT NULL, -- JSON list: agent, engine, task
    state           TEXT    NOT NULL, -- JSON
    over            INTEGER NOT NULL CHECK (over IN (0, 1)),
    created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX races_place ON races (chat, topic, id);
CREATE INDEX races_under_way ON races (id) WHERE over = 0;

-- The chain that a task is a step of, or the race that it runs.
ALTER TABLE tasks ADD COLUMN chain INTEGER REFERENCES chains (id);
ALTER TABLE tasks ADD COLUMN race INTEGER REFERENCES races (id) CHECK (race IS NULL OR chain IS NULL);

-- Working directories made for one task each, below our own folder. A row comes before its directory, and goes never: only
-- what stands here is ever removed.
CREATE TABLE worktrees (
    task      INTEGER PRIMARY KEY REFERENCES tasks (id),
    name      TEXT    NOT NULL,        -- of the directory; the branch is adjutant/NAME
    workspace TEXT    NOT NULL,        -- the directory of the repository
    base      TEXT    NOT NULL,        -- the commit that it begins with
    state     TEXT    NOT NULL CHECK (state IN
        ('making', 'made', 'open', 'keeping', 'kept', 'merging', 'merged', 'removing', 'removed')),
    changes   TEXT,                    -- JSON
    test      TEXT                     -- JSON
) STRICT;

CREATE INDEX worktrees_unsettled ON worktrees (task) WHERE state IN ('making', 'made', 'keeping', 'merging', 'removing');
