//! What happens when the cloud's process dies without a word, and what it knew.

mod crowded;
mod full_disk;
mod killed;
mod secrets;
mod stage;
