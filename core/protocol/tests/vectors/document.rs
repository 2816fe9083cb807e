//! Reads DEVICES.md: fenced blocks that begin with ```` ```json NAME ````.

use serde::Serialize;
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../DEVICES.md");

/// Every named JSON block: its name and its text. Blocks in lists are indented.
pub(crate) fn blocks() -> Vec<(&'static str, String)> {
    let mut blocks = Vec::new();
    let mut lines = DOCUMENT.lines().map(str::trim_start);
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("```json ") {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((name, text.join("\n")));
        }
    }
    blocks
}

/// The block of this name, as JSON.
pub(crate) fn block(name: &str) -> Value {
    let (_, text) =
        blocks().into_iter().find(|(other, _)| *other == name).expect("the document has the block");
    serde_json::from_str(&text).expect("the block is JSON")
}

/// The vectors.
pub(crate) fn inputs() -> Value {
    block("vectors")
}

/// The prose says this.
pub(crate) fn assert_says(sentence: &str) {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(DOCUMENT).contains(&words(sentence)), "DEVICES.md does not say: {sentence}");
}

/// Everything computed stands in the document.
pub(crate) fn assert_holds(computed: &Value, documented: &Value) {
    for (name, value) in computed.as_object().expect("an object") {
        assert_eq!(Some(value), documented.get(name), "{name}; computed:\n{computed:#}");
    }
}

/// Bytes as the vectors write them: lower-case hexadecimal.
pub(crate) trait Bytes {
    fn bytes(&self, name: &str) -> Vec<u8>;
}

impl Bytes for Value {
    fn bytes(&self, name: &str) -> Vec<u8> {
        let text = self[name].as_str().expect(name);
        let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
        (0..text.len()).step_by(2).map(digit).collect()
    }
}

/// Bytes on their way into JSON.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl Serialize for Hex<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }
}
