-- A queued task whose words went into the running turn of another one has the outcome 'stopped' and names that task here.
ALTER TABLE tasks ADD COLUMN passed_to INTEGER REFERENCES tasks (id)
    CHECK (passed_to IS NULL OR outcome IS 'stopped');

-- Sessions of other agents, engines and workspaces, to which a conversation can go back.
ALTER TABLE conversations ADD COLUMN aside TEXT; -- JSON list

-- The sessions that can be continued: those of our own runs, and those that an engine has told of.
CREATE TABLE sessions (
    key       INTEGER PRIMARY KEY, -- a hash of engine, workspace and id, as buttons carry it
    engine    TEXT    NOT NULL,
    workspace TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    title     TEXT    NOT NULL,
    used_at   INTEGER,             -- null where the engine does not say
    chat      INTEGER,             -- null for one that no conversation has used
    topic     INTEGER,
    agent     TEXT,
    CHECK ((chat IS NULL) = (topic IS NULL)),
    CHECK ((chat IS NULL) = (agent IS NULL))
) STRICT;

CREATE INDEX sessions_of_workspace ON sessions (engine, workspace, used_at);
CREATE INDEX sessions_of_place ON sessions (chat, topic, engine, workspace, used_at);
