-- Accounts, sessions, installations, mail. Types are the four that both engines share through sqlx Any:
-- TEXT, BIGINT, DOUBLE PRECISION, BYTEA. Booleans are BIGINT 0 or 1, times BIGINT milliseconds UTC, ids TEXT.

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    email TEXT UNIQUE,                     -- lower case; the verified address; none while invited
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,                   -- invited, active, disabled
    password_hash TEXT,                    -- Argon2id in PHC form; none while invited
    epoch BIGINT NOT NULL,                 -- grows when every session must end
    created_at BIGINT NOT NULL
);

-- One attempt to register. The account comes to be when the code that was mailed for this row is entered.
CREATE TABLE registration (
    token_hash BYTEA PRIMARY KEY,          -- SHA-256 of pl_rg_...
    email TEXT NOT NULL,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    language TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    code_mac BYTEA NOT NULL,               -- HMAC-SHA-256 of the mailed code with the server's key
    code_tries BIGINT NOT NULL,
    code_expires_at BIGINT NOT NULL,
    used_at BIGINT,
    account_id TEXT,                       -- the account that came of it: the same code again is answered the same
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX registration_expires ON registration (expires_at);

-- One install of our app on one phone: its key.
CREATE TABLE installation (
    id TEXT PRIMARY KEY,
    public_key BYTEA NOT NULL UNIQUE,      -- uncompressed P-256 point
    push_address TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    installation_id TEXT NOT NULL REFERENCES installation (id),
    account_epoch BIGINT NOT NULL,         -- the account's when the session began
    access_hash BYTEA NOT NULL UNIQUE,     -- SHA-256 of pl_at_...
    access_expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,            -- at most 180 days
    revoked_at BIGINT,
    revoked_why TEXT
);
CREATE INDEX session_account ON session (account_id, installation_id);

-- Refresh tokens of a session, the newest and its predecessors: a replay of an old one revokes the family.
CREATE TABLE refresh_token (
    token_hash BYTEA PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES session (id),
    successor_hash BYTEA,                  -- set when it was used
    successor_sealed BYTEA,                -- both successors' text, sealed under a key derived from this token,
                                           -- until the successor is used
    created_at BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);
CREATE INDEX refresh_token_successor ON refresh_token (successor_hash) WHERE successor_hash IS NOT NULL;
CREATE INDEX refresh_token_idle ON refresh_token (idle_expires_at);

-- Outside "GET changes nothing": written at most once a minute a session.
CREATE TABLE session_activity (
    session_id TEXT PRIMARY KEY,
    seen_at BIGINT NOT NULL
);

-- Revocations, read by every process every 500 ms to close streams.
CREATE TABLE revocation (
    id TEXT PRIMARY KEY,
    session_id TEXT,                       -- one session, or
    account_id TEXT,                       -- all of an account
    at BIGINT NOT NULL
);
CREATE INDEX revocation_at ON revocation (at);

-- The jti of proofs and of devices' tokens: each counts once.
CREATE TABLE seen_token (
    id TEXT PRIMARY KEY,                   -- <what>:<whose>:<jti>
    expires_at BIGINT NOT NULL
);
CREATE INDEX seen_token_expires ON seen_token (expires_at);

-- Counted attempts: sign-in per identifier, mails per address, unanswered serials per account.
CREATE TABLE attempt (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    identifier TEXT NOT NULL,              -- an id, or an HMAC of an address with the server's key
    at BIGINT NOT NULL
);
CREATE INDEX attempt_of ON attempt (kind, identifier, at);
CREATE INDEX attempt_at ON attempt (at);

-- Mail to send: leaves after the commit, checked again before it leaves.
CREATE TABLE mail (
    id TEXT PRIMARY KEY,
    recipient TEXT NOT NULL,
    language TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail_sealed BYTEA NOT NULL,          -- JSON of what the text names (a code, say), sealed with the server's key
    created_at BIGINT NOT NULL,
    claimed_until BIGINT,
    tries BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX mail_unsent ON mail (created_at) WHERE sent_at IS NULL;

-- What an idempotency key stands for: not the answer, but what it was about.
CREATE TABLE idempotency (
    account_id TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash BYTEA NOT NULL,           -- SHA-256 of method, path and body
    status BIGINT NOT NULL,
    resource_id TEXT,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_expires ON idempotency (expires_at);
