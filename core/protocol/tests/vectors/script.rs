//! A source of random values that hands out the ones it was given, and nothing else.

use opaque_rand::{CryptoRng, Error, RngCore};
use std::collections::VecDeque;

/// Hands out these bytes, in order; asked for more, the test fails.
pub(crate) struct Scripted(VecDeque<u8>);

impl Scripted {
    pub(crate) fn new(parts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self(parts.into_iter().flatten().collect())
    }
}

impl RngCore for Scripted {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.pop_front().expect("no more random values than the document names");
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Scripted {}
