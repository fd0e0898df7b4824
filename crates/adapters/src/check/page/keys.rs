//! Keys of a keyboard.

use serde_json::{Value, json};

/// A name, the code of its place, its number, and what it types.
const NAMED: [(&str, &str, u32, &str); 14] = [
    ("Enter", "Enter", 13, "\r"),
    ("Tab", "Tab", 9, ""),
    ("Escape", "Escape", 27, ""),
    ("Backspace", "Backspace", 8, ""),
    ("Delete", "Delete", 46, ""),
    ("Space", "Space", 32, " "),
    ("ArrowUp", "ArrowUp", 38, ""),
    ("ArrowDown", "ArrowDown", 40, ""),
    ("ArrowLeft", "ArrowLeft", 37, ""),
    ("ArrowRight", "ArrowRight", 39, ""),
    ("Home", "Home", 36, ""),
    ("End", "End", 35, ""),
    ("PageUp", "PageUp", 33, ""),
    ("PageDown", "PageDown", 34, ""),
];

/// The events of a key that is pressed and let go.
pub(super) fn key_events(name: &str) -> [Value; 2] {
    let named = NAMED.iter().find(|(key, ..)| *key == name);
    let (code, number, text) =
        named.map_or(("", 0, name), |(_, code, number, text)| (*code, *number, *text));
    let key = if name == "Space" { " " } else { name };
    let down = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
    let mut pressed = json!({ "type": down, "key": key, "code": code });
    let mut released = json!({ "type": "keyUp", "key": key, "code": code });
    for event in [&mut pressed, &mut released] {
        event["windowsVirtualKeyCode"] = Value::from(number);
    }
    if !text.is_empty() {
        pressed["text"] = Value::from(text);
    }
    [pressed, released]
}
