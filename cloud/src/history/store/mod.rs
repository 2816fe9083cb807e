//! The rows of history: audit events, changes, and where the sealer stands.

mod acts;
mod audit;
mod changes;
mod sealer;

pub use acts::*;
pub use audit::*;
pub use changes::*;
pub use sealer::*;
