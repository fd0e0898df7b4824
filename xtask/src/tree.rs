//! The tree as text: manifests and Rust files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::source;

/// Everything that the checks look at.
#[derive(Debug, Default)]
pub struct Tree {
    /// The manifests of the crates, sorted by path.
    pub manifests: Vec<Manifest>,
    /// The Rust files, sorted by path.
    pub files: Vec<RustFile>,
}

/// The manifest of a crate.
#[derive(Debug)]
pub struct Manifest {
    /// Where, from the root.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// A Rust file.
#[derive(Debug)]
pub struct RustFile {
    /// Where, from the root.
    pub path: PathBuf,
    /// Its text with comments, strings and characters blanked out; lines stay where they are.
    pub code: String,
    /// The same without what is compiled for tests only.
    pub production: String,
}

impl Tree {
    /// Reads `crates/*`, `xtask` and `fuzz` below `root`.
    ///
    /// # Errors
    /// A folder or file that cannot be read.
    pub fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        for top in ["crates", "xtask", "fuzz"] {
            if root.join(top).is_dir() {
                tree.read_folder(root, Path::new(top))?;
            }
        }
        tree.manifests.sort_by(|a, b| a.path.cmp(&b.path));
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    fn read_folder(&mut self, root: &Path, folder: &Path) -> Result<()> {
        let entries = fs::read_dir(root.join(folder))
            .with_context(|| format!("failed to list {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            let read = || {
                fs::read_to_string(root.join(&path))
                    .with_context(|| format!("failed to read {}", path.display()))
            };
            if entry.file_type()?.is_dir() {
                if entry.file_name() != "target" {
                    self.read_folder(root, &path)?;
                }
            } else if entry.file_name() == "Cargo.toml" {
                let text = read()?;
                self.manifests.push(Manifest { path, text });
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = read()?;
                self.files.push(RustFile::new(path, &text));
            }
        }
        Ok(())
    }

    /// The files of the library or binary of a crate: those under `crates/NAME/src`.
    pub fn sources<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a RustFile> {
        let folder = Path::new("crates").join(name).join("src");
        self.files.iter().filter(move |file| file.path.starts_with(&folder))
    }
}

impl RustFile {
    /// A file at `path` with that text.
    #[must_use]
    pub fn new(path: PathBuf, text: &str) -> Self {
        let code = source::blank(text);
        let production = source::without_tests(&code);
        Self { path, code, production }
    }

    /// Whether the whole file is compiled for tests only.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.components().any(|part| {
            matches!(
                part.as_os_str().to_str(),
                Some("tests" | "tests.rs" | "test" | "benches" | "examples")
            )
        })
    }

    /// The module that the file is, from the root of its crate: `src/a/b.rs` and `src/a/b/mod.rs`
    /// are both `[a, b]`.
    #[must_use]
    pub fn module(&self) -> Vec<&str> {
        let mut parts: Vec<&str> = self
            .path
            .iter()
            .skip_while(|part| *part != "src")
            .skip(1)
            .filter_map(|part| part.to_str())
            .collect();
        if let Some(last) = parts.pop() {
            let name = last.trim_end_matches(".rs");
            if !matches!(name, "mod" | "lib" | "main") {
                parts.push(name);
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_without_what_was_built_from_it() {
        let root = tempfile::tempdir().expect("a folder");
        for (path, text) in [
            ("crates/core/Cargo.toml", "[package]"),
            ("crates/core/src/gate/mod.rs", "// words\nuse crate::ids;"),
            ("crates/core/target/debug/built.rs", "todo!()"),
            ("docs/not-rust.md", ""),
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            fs::write(path, text).expect("written");
        }
        let tree = Tree::read(root.path()).expect("readable");
        let paths: Vec<_> = tree.files.iter().map(|file| file.path.as_path()).collect();
        assert_eq!(paths, [Path::new("crates/core/src/gate/mod.rs")]);
        assert_eq!(tree.manifests.len(), 1);
        assert_eq!(tree.files[0].module(), ["gate"]);
        assert!(!tree.files[0].code.contains("words"));
    }
}
