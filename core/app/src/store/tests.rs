//! The file on its two threads.
