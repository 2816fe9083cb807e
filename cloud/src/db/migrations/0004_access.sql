-- Organizations and their people; a partner's customers; requests for access, grants, handoffs, delegated sessions.

CREATE TABLE organization (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                    -- business, partner, operator
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Rows end, they are not deleted.
CREATE TABLE membership (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organization (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,                    -- super_admin, admin, manager, operator, viewer
    since BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX membership_now ON membership (account_id, organization_id) WHERE ended_at IS NULL;
CREATE INDEX membership_organization ON membership (organization_id) WHERE ended_at IS NULL;

CREATE TABLE customer (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organization (id),
    account_id TEXT NOT NULL REFERENCES account (id), -- an invited one that stands in, until the customer has answered
    stand_in_id TEXT REFERENCES account (id), -- the one that stood in for a customer who said yes
    email TEXT NOT NULL,                   -- lower case, as the partner entered it
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    state TEXT NOT NULL,                   -- waiting, confirmed, refused
    added_by TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    answered_at BIGINT
);
CREATE UNIQUE INDEX customer_now ON customer (organization_id, email) WHERE state <> 'refused';
CREATE INDEX customer_stand_in ON customer (stand_in_id) WHERE stand_in_id IS NOT NULL;
CREATE INDEX customer_email ON customer (email) WHERE state = 'waiting';
CREATE INDEX customer_account ON customer (account_id);

-- Companies that an account takes no requests from.
CREATE TABLE blocked_organization (
    account_id TEXT NOT NULL REFERENCES account (id),
    organization_id TEXT NOT NULL REFERENCES organization (id),
    since BIGINT NOT NULL,
    PRIMARY KEY (account_id, organization_id)
);

CREATE TABLE authorization_request (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organization (id),
    actor_id TEXT NOT NULL REFERENCES account (id),
    subject_id TEXT NOT NULL REFERENCES account (id),
    scope_kind TEXT NOT NULL,              -- account, site, device
    scope_id TEXT,
    permissions TEXT NOT NULL,             -- names, separated by spaces
    lasts BIGINT NOT NULL,                 -- milliseconds
    comment TEXT NOT NULL,
    terms BYTEA NOT NULL,                  -- SHA-256 of all that is above
    state TEXT NOT NULL,                   -- pending, consented, declined, expired, withdrawn
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    answered_at BIGINT,
    grant_id TEXT
);
CREATE INDEX authorization_request_subject ON authorization_request (subject_id, id);
CREATE INDEX authorization_request_actor ON authorization_request (actor_id, id);
CREATE INDEX authorization_request_pending ON authorization_request (expires_at) WHERE state = 'pending';

-- `grant` is a word of SQL's.
CREATE TABLE access_grant (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organization (id),
    actor_id TEXT NOT NULL REFERENCES account (id),
    subject_id TEXT NOT NULL REFERENCES account (id),
    request_id TEXT UNIQUE,                -- none: a birth grant, for a customer who has not answered yet
    permissions TEXT NOT NULL,             -- names, separated by spaces: all that a session by it may do
    starts_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_why TEXT                         -- expired, revoked, released, left, disabled, activated
);
CREATE INDEX access_grant_subject ON access_grant (subject_id, id);
CREATE INDEX access_grant_actor ON access_grant (actor_id, id);
CREATE INDEX access_grant_living ON access_grant (expires_at) WHERE ended_at IS NULL;

CREATE TABLE grant_scope (
    grant_id TEXT NOT NULL REFERENCES access_grant (id),
    kind TEXT NOT NULL,                    -- account, site, device
    resource_id TEXT NOT NULL,             -- '' for the account
    PRIMARY KEY (grant_id, kind, resource_id)
);

-- One-time codes that open the customer app in a customer's account.
CREATE TABLE handoff (
    code_hash BYTEA PRIMARY KEY,           -- SHA-256 of pl_ho_...
    grant_id TEXT NOT NULL REFERENCES access_grant (id),
    challenge TEXT NOT NULL,               -- S256 of the verifier
    begun_by TEXT NOT NULL REFERENCES session (id), -- the installer's own session that made it: it ends with that
    subject_epoch BIGINT NOT NULL,         -- the account's when it was made: it ends with the subject's sessions
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    public_key BYTEA,                      -- of the phone that used it
    session_id TEXT,                       -- the session that came of it
    tokens_sealed BYTEA                    -- that session's first tokens, sealed under the verifier, for a retry
);
CREATE INDEX handoff_expires ON handoff (expires_at);

-- A delegated session: account_id is the subject's, these say who really acts there.
ALTER TABLE session ADD COLUMN actor_id TEXT REFERENCES account (id);
ALTER TABLE session ADD COLUMN actor_epoch BIGINT;
ALTER TABLE session ADD COLUMN grant_id TEXT REFERENCES access_grant (id);
ALTER TABLE session ADD COLUMN begun_by TEXT REFERENCES session (id); -- the actor's own, which made the link
CREATE INDEX session_grant ON session (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX session_begun_by ON session (begun_by) WHERE begun_by IS NOT NULL;

ALTER TABLE claim ADD COLUMN actor_id TEXT REFERENCES account (id);
ALTER TABLE claim ADD COLUMN grant_id TEXT REFERENCES access_grant (id);

ALTER TABLE audit_event ADD COLUMN grant_id TEXT;
CREATE INDEX audit_event_subject ON audit_event (subject_id, id);
CREATE INDEX audit_event_grant ON audit_event (grant_id, id) WHERE grant_id IS NOT NULL;
