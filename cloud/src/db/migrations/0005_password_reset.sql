-- One request for a new password. The code that was mailed for this row sets it, once.
CREATE TABLE password_reset (
    token_hash BYTEA PRIMARY KEY,          -- SHA-256 of pl_pr_...
    account_id TEXT REFERENCES account (id), -- none: nobody has the address, and no code is right
    account_epoch BIGINT,                  -- the account's then: whatever ends all sessions ends the code
    code_mac BYTEA NOT NULL,               -- HMAC-SHA-256 of the mailed code with the server's key
    code_tries BIGINT NOT NULL,
    used_at BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX password_reset_expires ON password_reset (expires_at);
