#![allow(dead_code, unused_imports)]
#[path = "../src/render/mod.rs"]
mod render;
fn main() {}
