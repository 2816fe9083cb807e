//! tmp
pub mod brain;
pub mod key;
