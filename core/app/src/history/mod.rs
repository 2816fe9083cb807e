//! The change feed: what keeps the cache fresh.
