//! The client against a server that says anything.
