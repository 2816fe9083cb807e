-- Sites and who may see them; devices; what the cloud says to them.

CREATE TABLE site (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    time_zone TEXT NOT NULL,               -- IANA, as given
    created_at BIGINT NOT NULL
);

-- Rows end, they are not deleted.
CREATE TABLE site_user (
    site_id TEXT NOT NULL REFERENCES site (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,                    -- owner
    since BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (site_id, account_id, since)
);
CREATE UNIQUE INDEX site_user_now ON site_user (account_id, site_id) WHERE ended_at IS NULL;

-- What the maker made: who may connect as whom.
CREATE TABLE inventory (
    maker TEXT NOT NULL,
    serial TEXT NOT NULL,
    model TEXT NOT NULL,
    public_key BYTEA NOT NULL,             -- uncompressed P-256 point
    has_password BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (maker, serial)
);
-- Whoever has a device's key is that device: no two share one.
CREATE UNIQUE INDEX inventory_key ON inventory (public_key);

-- One ownership of a device, from claim to release.
CREATE TABLE device (
    id TEXT PRIMARY KEY,
    maker TEXT NOT NULL,
    serial TEXT NOT NULL,
    model TEXT NOT NULL,
    section TEXT NOT NULL,
    site_id TEXT NOT NULL REFERENCES site (id),
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    daylight_saving BIGINT NOT NULL,
    claim_id TEXT NOT NULL UNIQUE,         -- the claim that made this ownership
    held_claim_id TEXT NOT NULL,           -- the claim that the device itself holds: a release names it
    settings_revision BIGINT NOT NULL,     -- what the device should have
    settled_revision BIGINT NOT NULL,      -- what it said it has
    zone_release TEXT NOT NULL,            -- of the zone data that its clock settings were made from
    clock_made_at BIGINT NOT NULL,         -- when they were: their list of changes ends two years later
    started_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX device_now ON device (maker, serial) WHERE ended_at IS NULL;
CREATE INDEX device_clock ON device (clock_made_at) WHERE ended_at IS NULL;
CREATE INDEX device_site ON device (site_id, id) WHERE ended_at IS NULL;

-- Which process holds a device's connection, and whether the device is there.
CREATE TABLE presence (
    maker TEXT NOT NULL,
    serial TEXT NOT NULL,
    connection_id TEXT,                    -- the newest connection; none: offline
    process_id TEXT,
    lease_until BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (maker, serial)
);
CREATE INDEX presence_process ON presence (process_id);
CREATE INDEX presence_changed ON presence (changed_at);
CREATE INDEX presence_lease ON presence (lease_until) WHERE connection_id IS NOT NULL;

-- Messages to devices that wait for an answer: sent after the commit, and again until it comes; then the row goes.
CREATE TABLE device_command (
    id TEXT PRIMARY KEY,
    maker TEXT NOT NULL,
    serial TEXT NOT NULL,
    kind TEXT NOT NULL,                    -- last part of the topic
    about TEXT NOT NULL,                   -- claim or device id: a newer command about the same replaces it
    payload TEXT NOT NULL,                 -- JSON
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    sent_at BIGINT
);
CREATE INDEX device_command_of ON device_command (maker, serial, id);
CREATE INDEX device_command_expires ON device_command (expires_at);
CREATE INDEX device_command_unsent ON device_command (maker, serial) WHERE sent_at IS NULL;

CREATE TABLE claim (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    site_id TEXT NOT NULL REFERENCES site (id),
    maker TEXT NOT NULL,
    serial TEXT NOT NULL,
    terms TEXT NOT NULL,                   -- JSON of ClaimTerms
    attempt BIGINT NOT NULL,
    opening BYTEA NOT NULL,
    state TEXT NOT NULL,                   -- requested, challenged, proven, owned, failed, expired
    detail TEXT NOT NULL,                  -- JSON of ClaimState as the phone sees it
    bind_attempt BIGINT,                   -- the last attempt in which the device was told to bind itself
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX claim_account ON claim (account_id, created_at);
CREATE INDEX claim_open ON claim (expires_at) WHERE state IN ('requested', 'challenged', 'proven');
