-- Two more ways for an approval to end: by the agent's own definition. A CHECK cannot be changed, so the table is built anew.
CREATE TABLE approvals_new (
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
        ('open', 'granted', 'granted_by_rule', 'granted_by_policy', 'denied', 'denied_by_policy', 'expired',
         'superseded', 'undeliverable')),
    detail    TEXT    NOT NULL -- JSON: the whole status
) STRICT;

INSERT INTO approvals_new (id, task, run, request, chat, topic, requester, agent, payload, sha256, nonce, asked_at,
    deadline, status, detail)
SELECT id, task, run, request, chat, topic, requester, agent, payload, sha256, nonce, asked_at, deadline, status, detail
FROM approvals;

DROP TABLE approvals;
ALTER TABLE approvals_new RENAME TO approvals;

CREATE INDEX approvals_open ON approvals (chat, topic, asked_at) WHERE status = 'open';
CREATE INDEX approvals_task ON approvals (task, asked_at);
