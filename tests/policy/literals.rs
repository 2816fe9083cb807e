//! No screen has words of its own: every text that a person reads is a resource, so that it is there in each language.
//!
//! All literals of the shells' sources are looked at: keys, names and formats are neither a word with a capital nor two
//! words with a space between. Where something is shown, Swift has a key of the catalog, Kotlin no letter at all.

use crate::files;
use crate::shells::{kotlin, swift};

/// The literals of a line: what stands before each, and its own text without what is filled in.
fn literals(line: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut before = String::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => break,
            '"' => {
                found.push((before.clone(), own_text(&mut chars)));
                before.clear();
            }
            // Kotlin's '"'.
            '\'' if chars.peek() == Some(&'"') => {
                chars.next();
            }
            _ => before.push(c),
        }
    }
    found
}

/// Reads to the end of a literal; leaves out `\(...)`, `${...}`, `$name` and what a backslash escapes.
fn own_text(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            ('"', _) => break,
            ('\\', Some('(')) | ('$', Some('{')) => skip_filled_in(chars),
            ('\\', _) => {
                chars.next();
            }
            ('$', _) => while chars.next_if(|c| c.is_alphanumeric() || *c == '_').is_some() {},
            _ => text.push(c),
        }
    }
    text
}

fn skip_filled_in(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let mut depth = 0;
    while let Some(c) = chars.next() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            '"' => {
                own_text(chars);
            }
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

/// Two words with a space between, or one with a capital.
fn is_words(text: &str) -> bool {
    let is_word = |word: &&str| {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation() || c == '\u{2026}');
        let plain = !word.contains(|c: char| !c.is_alphabetic());
        plain && word.chars().filter(|c| c.is_lowercase()).count() > 1
    };
    let words: Vec<_> = text.split_whitespace().filter(is_word).collect();
    let has_capital = words.iter().any(|word| {
        word.starts_with(char::is_uppercase) && word.chars().filter(|c| c.is_uppercase()).count() == 1
    });
    words.len() > 1 || has_capital
}

/// What no person reads: for who compiles, or for who reads a crash.
const NOT_SHOWN: [&str; 4] = ["@Deprecated(", "@SuppressLint(", "assertionFailure(", "error("];

/// Everything that Kotlin shows by: a property, or a function of ours or of Android.
const KOTLIN_SHOWS: [&str; 9] = [
    ".text = ",
    "contentDescription = ",
    "setText(",
    "setTitle(",
    "setMessage(",
    ".say(",
    "append(",
    "announceForAccessibility(",
    "show(",
];

/// Everything that SwiftUI and our own views take a key of the catalog by.
const SWIFT_SHOWS: [&str; 17] = [
    "Text(",
    "Button(",
    "PrimaryButton(",
    "TextField(",
    "SecureField(",
    "Notice(",
    "title: ",
    "message: ",
    "Picker(",
    "Toggle(",
    "Link(",
    "ProgressView(",
    ".navigationTitle(",
    ".alert(",
    ".confirmationDialog(",
    ".accessibilityLabel(",
    ".accessibilityHint(",
];

fn is_shown(before: &str, ways: &[&str]) -> bool {
    ways.iter().any(|way| before.ends_with(way))
}

#[test]
fn no_literal_of_a_screen_is_words() {
    let rooms = ["ios/Sources/Screens", "ios/Sources/CustomerApp", "ios/Sources/PartnerApp"];
    let swift = rooms.iter().flat_map(|room| swift(room)).map(|file| (file, true));
    let rooms = ["android/screens/src/main", "android/customer-app/src/main", "android/partner-app/src/main"];
    let kotlin = rooms.iter().flat_map(|room| kotlin(room)).map(|file| (file, false));
    let (mut seen, mut own) = (0, Vec::new());
    for (file, is_swift) in swift.chain(kotlin) {
        let text = files::text(&file);
        for line in text.lines().filter(|line| !line.trim_start().starts_with(['*', '/'])) {
            if NOT_SHOWN.iter().any(|way| line.contains(way)) {
                continue;
            }
            for (before, literal) in literals(line) {
                seen += 1;
                let is_key =
                    literal.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | ' ' | '%' | '@'));
                let is_wrong = if is_swift {
                    is_shown(&before, &SWIFT_SHOWS) && !is_key
                } else {
                    is_shown(&before, &KOTLIN_SHOWS) && literal.contains(char::is_alphabetic)
                };
                if is_wrong || is_words(&literal) {
                    own.push(format!("{}: {}", file.display(), line.trim()));
                }
            }
        }
    }
    assert!(own.is_empty(), "these are no resources: {own:#?}");
    assert!(seen > 300, "only {seen} literals: the reader of literals is broken");
}

#[test]
fn the_reader_of_literals_reads_them() {
    let own = |line: &str| literals(line).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    assert_eq!(own(r#"Text("a_key \(spell("x", wait))") // "why""#), ["a_key "]);
    assert_eq!(own(r#"say("${it.givenName} $family") + "x\"y""#), [" ", "xy"]);
    assert!(is_shown(&literals(r#"    PrimaryButton("Save")"#)[0].0, &SWIFT_SHOWS));
    assert!(is_shown(&literals(r#"words.say("saved")"#)[0].0, &KOTLIN_SHOWS));
    for words in ["Save", "Wrong password", "Please wait, it takes a moment", "no device"] {
        assert!(is_words(words), "{words}");
    }
    for other in
        ["failure_tries_left", "yyyy-MM-dd", "EEE d MMM", " ", "application/json", "AES/GCM/NoPadding"]
    {
        assert!(!is_words(other), "{other}");
    }
}
