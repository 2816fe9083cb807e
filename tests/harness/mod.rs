//! What tests, the demo and the benchmarks stand on: a real cloud on either database, a phone (the real core with fakes
//! for its ports only), simulated field devices on the real channel, and photographs of labels.

pub mod api;
pub mod app_words;
pub mod browser;
pub mod cloud;
pub mod cloud_process;
pub mod database;
pub mod field_device;
pub mod firm;
pub mod key;
pub mod phone;
pub mod pictures;
