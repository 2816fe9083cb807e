//! Letters and digits that people and printers take for each other.

/// Pairs that look alike in the faces that labels are printed in.
const PAIRS: [(char, char); 7] =
    [('O', '0'), ('I', '1'), ('L', '1'), ('S', '5'), ('B', '8'), ('Z', '2'), ('Q', '0')];

/// What a character may have been meant as.
pub(crate) fn others(character: char) -> impl Iterator<Item = char> {
    PAIRS.into_iter().filter_map(move |(letter, digit)| {
        if character == letter {
            Some(digit)
        } else if character == digit {
            Some(letter)
        } else {
            None
        }
    })
}

/// All texts in which one character is replaced by a look-alike, or two neighbours have changed places.
pub(crate) fn neighbours(text: &str) -> impl Iterator<Item = String> + '_ {
    let letters: Vec<char> = text.chars().collect();
    let count = letters.len();
    let swapped = letters.clone();
    let replaced = (0..count).flat_map(move |at| {
        let letters = letters.clone();
        others(letters[at]).map(move |other| {
            let mut changed = letters.clone();
            changed[at] = other;
            changed.into_iter().collect()
        })
    });
    let transposed = (1..count).filter_map(move |at| {
        let mut changed = swapped.clone();
        changed.swap(at - 1, at);
        (changed != swapped).then(|| changed.into_iter().collect())
    });
    replaced.chain(transposed)
}
