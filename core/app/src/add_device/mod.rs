//! The flow that adds a device.
