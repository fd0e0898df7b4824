//! The binary: commands, and the one place that wires all parts.

#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "commands use it as they come"))]
mod render;

fn main() {}
