//! What printing and scanning add to a text, taken off before any grammar looks at it. Each is said as a finding.

use crate::{Finding, MAX_BYTES};

/// A text as the grammars see it.
#[derive(Debug)]
pub(crate) struct Cleaned {
    /// Trimmed, on one line, in plain forms.
    pub(crate) text: String,
    /// What was taken off.
    pub(crate) findings: Vec<Finding>,
}

/// Cleans a text; of one that is longer than [`MAX_BYTES`] only enough is kept to see that it is.
pub(crate) fn clean(text: &str) -> Cleaned {
    let end = (0..=text.len().min(MAX_BYTES)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let text = &text[..end];
    let mut findings = Vec::new();
    let trimmed = text.trim_matches(is_invisible);
    if trimmed.len() < text.len() {
        findings.push(Finding::SpaceAround);
    }
    let mut cleaned = String::with_capacity(trimmed.len());
    for character in trimmed.chars() {
        match character {
            '\r' | '\n' => note(&mut findings, Finding::LineBreak),
            _ => match plain_form(character) {
                Some(plain) => {
                    note(&mut findings, Finding::FullWidth);
                    cleaned.push(plain);
                }
                None => cleaned.push(character),
            },
        }
    }
    Cleaned { text: cleaned, findings }
}

fn note(findings: &mut Vec<Finding>, finding: Finding) {
    if !findings.contains(&finding) {
        findings.push(finding);
    }
}

/// White space, controls, byte order marks and zero-width characters: scanners add them, nobody sees them.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
}

/// Unicode's block of full-width forms holds ASCII, shifted (U+FF01 to U+FF5E).
fn plain_form(character: char) -> Option<char> {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xff01 + 0x21),
        _ => None,
    }
}
