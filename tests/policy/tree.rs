//! ARCHITECTURE.md holds a picture of the tree; it is the tree.

use crate::files;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The folders of the first fenced block under "## The tree": one a line, two spaces of indent a level, the name first.
fn described() -> BTreeSet<PathBuf> {
    let text = files::text(Path::new("ARCHITECTURE.md"));
    let section = text.split("## The tree").nth(1).expect("ARCHITECTURE.md has a section \"The tree\"");
    let block = section.split("```").nth(1).expect("the section holds a fenced block");
    let mut path: Vec<String> = Vec::new();
    let mut folders = BTreeSet::new();
    for line in block.lines().filter(|line| !line.trim().is_empty()) {
        let depth = (line.len() - line.trim_start().len()) / 2;
        let name = line.split_whitespace().next().expect("the line is not empty");
        let Some(name) = name.strip_suffix('/') else { continue };
        path.truncate(depth);
        path.push(name.to_owned());
        folders.insert(path.iter().collect());
    }
    folders
}

/// Below a Maven module's `src`, in a catalog of icons and in a folder for a C header the tool says what is where.
fn is_laid_out_by_its_tool(path: &Path) -> bool {
    let depth = path.components().count();
    (path.starts_with("android") && depth > 2) || (path.starts_with("ios") && depth > 3)
}

fn real() -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    for file in files::all() {
        let mut folder = file.parent();
        while let Some(path) = folder.filter(|path| !path.as_os_str().is_empty()) {
            if !is_laid_out_by_its_tool(path) {
                folders.insert(path.to_owned());
            }
            folder = path.parent();
        }
    }
    folders
}

#[test]
fn architecture_describes_the_tree_that_is_there() {
    let (described, real) = (described(), real());
    let missing: Vec<_> = real.difference(&described).collect();
    let gone: Vec<_> = described.difference(&real).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not tell of {missing:?}");
    assert!(gone.is_empty(), "ARCHITECTURE.md tells of {gone:?}, which are not there");
}
