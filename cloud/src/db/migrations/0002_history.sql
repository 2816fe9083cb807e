-- What happened (audit_event) and what changed for whom (change). Both are written with the effect, in its
-- transaction; a sealer numbers them after the commit, so that no write waits for a chain.

CREATE TABLE audit_event (
    id TEXT PRIMARY KEY,
    shard BIGINT NOT NULL,
    position BIGINT,                       -- set by the sealer
    at BIGINT NOT NULL,
    actor_id TEXT,                         -- account that acted; none: the service, or a device
    subject_id TEXT,                       -- account it was done for
    site_id TEXT,
    what TEXT NOT NULL,                    -- device.added, site.renamed, ...
    on_what TEXT,                          -- id of the thing
    salt BYTEA,                            -- salt and detail go when a person has them erased
    detail TEXT,                           -- JSON: before, after
    detail_hash BYTEA NOT NULL,            -- SHA-256(salt, detail): stays in the chain
    chain_hash BYTEA                       -- set by the sealer
);
CREATE INDEX audit_event_unsealed ON audit_event (id) WHERE position IS NULL;
CREATE UNIQUE INDEX audit_event_position ON audit_event (shard, position);
CREATE INDEX audit_event_site ON audit_event (site_id);

CREATE TABLE change (
    id TEXT PRIMARY KEY,
    shard BIGINT NOT NULL,
    position BIGINT,                       -- set by the sealer
    at BIGINT NOT NULL,
    site_id TEXT,                          -- seen by whoever sees the site, or
    account_id TEXT,                       -- by one account
    kind TEXT NOT NULL,                    -- site, site_gone, device, device_gone, claim
    subject_id TEXT NOT NULL
);
CREATE INDEX change_unsealed ON change (id) WHERE position IS NULL;
CREATE UNIQUE INDEX change_position ON change (shard, position);

-- Where the numbering and the chain stand; the row is also the sealer's lease.
CREATE TABLE sealer (
    shard BIGINT PRIMARY KEY,
    change_position BIGINT NOT NULL,
    oldest_change BIGINT NOT NULL,         -- cursors before it are too old
    audit_position BIGINT NOT NULL,
    chain_hash BYTEA NOT NULL,
    holder TEXT,
    lease_until BIGINT NOT NULL
);
