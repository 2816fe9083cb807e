//! Names that say nothing, and words that belong to something else (design.md, section 1; style.md, rule 15).

use crate::files;

const EMPTY_ENDINGS: [&str; 5] = ["Manager", "Helper", "Util", "Data", "Info"];

/// The name that a line of Rust declares, if it declares a type.
fn declared_type(line: &str) -> Option<&str> {
    let words: Vec<_> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let at = words.iter().position(|word| matches!(*word, "struct" | "enum" | "trait" | "type"))?;
    words.get(at + 1).copied().filter(|name| name.starts_with(char::is_uppercase))
}

#[test]
fn type_name_says_what_it_is() {
    for file in files::rust() {
        for line in files::code(&file) {
            let Some(name) = declared_type(&line) else { continue };
            let empty = EMPTY_ENDINGS.iter().find(|ending| name.ends_with(*ending));
            assert!(empty.is_none(), "{}: {name}", file.display());
        }
    }
}

#[test]
fn every_module_opens_with_what_it_is_for() {
    for file in files::rust() {
        let first = files::text(&file).lines().next().unwrap_or_default().to_owned();
        assert!(first.starts_with("//! ") && first.len() > 20, "{} opens with {first:?}", file.display());
    }
}

#[test]
fn the_reader_of_declarations_reads_them() {
    assert_eq!(declared_type("pub(crate) struct SiteRow {"), Some("SiteRow"));
    assert_eq!(declared_type("pub trait SecretStore: Send"), Some("SecretStore"));
    assert_eq!(declared_type("let structure = 1;"), None);
}
