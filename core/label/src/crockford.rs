//! Crockford's base32: 5 bits a character, no I, L, O, U; the first three are read as the digit they look like.
//! <https://www.crockford.com/base32.html>

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The first `characters` characters of the bytes' base32, most significant bits first. The bytes hold enough bits.
pub(crate) fn encode(bytes: &[u8], characters: usize) -> String {
    (0..characters)
        .map(|index| {
            let value = (0..5).fold(0_usize, |value, bit| {
                let at = index * 5 + bit;
                let byte = bytes.get(at / 8).copied().unwrap_or(0);
                value << 1 | usize::from(byte >> (7 - at % 8) & 1)
            });
            char::from(ALPHABET[value])
        })
        .collect()
}

/// The bytes of a text whose bits fill whole bytes; `None` for a character outside the alphabet or another length.
pub(crate) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() * 5 != N * 8 {
        return None;
    }
    let mut bytes = [0_u8; N];
    for (index, letter) in text.bytes().enumerate() {
        let value = value_of(letter)?;
        for bit in 0..5 {
            let at = index * 5 + bit;
            bytes[at / 8] |= (value >> (4 - bit) & 1) << (7 - at % 8);
        }
    }
    Some(bytes)
}

fn value_of(letter: u8) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    ALPHABET.iter().position(|known| *known == letter).and_then(|at| u8::try_from(at).ok())
}
