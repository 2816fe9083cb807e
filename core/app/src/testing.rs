//! Ports for this crate's own tests: in memory, with switches for what a phone may do to the core.
