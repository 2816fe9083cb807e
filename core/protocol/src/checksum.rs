//! The last six characters of every secret that the cloud mints: with them a secret scanner knows a leaked one, and a
//! phone a mistyped one, without asking anybody. They prove nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Length of the checksum.
pub const CHECKSUM_LENGTH: usize = 6;

/// CRC-32 (IEEE) of the text as six characters of base64url.
pub fn checksum(text: &str) -> String {
    let mut crc = u32::MAX;
    for byte in text.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    URL_SAFE_NO_PAD.encode((!crc).to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value that catalogues of CRCs give for CRC-32/ISO-HDLC.
    #[test]
    fn checksum_is_the_common_crc_32() {
        assert_eq!(checksum("123456789"), URL_SAFE_NO_PAD.encode(0xCBF4_3926_u32.to_be_bytes()));
        assert_eq!(checksum("").len(), CHECKSUM_LENGTH);
    }
}
