//! The rules of the house that no compiler holds: who may name whom, how large a file may grow, and that
//! ARCHITECTURE.md describes the tree that is there.

mod files;
mod literals;
mod look;
mod names;
mod rooms;
mod shells;
mod tree;
mod versions;
