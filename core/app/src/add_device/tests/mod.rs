//! The flow as a whole: its table of states, and its run against a cloud whose answers the test decides and a device
//! that does its own OPAQUE.

mod drafts;
mod fake_cloud;
mod flow;
mod killed;
mod screen;
mod sequences;
mod table;
