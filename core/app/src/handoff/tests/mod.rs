//! Both sides of a handoff: their tables, and their runs against a cloud whose answers the test decides.

mod partner;
mod run;
mod table;
