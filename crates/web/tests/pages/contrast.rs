//! Colours of the style sheet against each other, as WCAG 2.2 measures them: text at 4.5:1 and more
//! (1.4.3), borders of controls and shapes at 3:1 and more (1.4.11).

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../static/style.css");

type Colours = BTreeMap<String, [f64; 3]>;

/// The tokens of a block that begins with `:root {`.
fn colours(block: &str) -> Colours {
    let mut colours = Colours::new();
    for declaration in block.split(['{', ';', '}']) {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let (name, value) = (name.trim(), value.trim());
        let (Some(name), Some(hex)) = (name.strip_prefix("--"), value.strip_prefix('#')) else {
            continue;
        };
        let hex = match hex.len() {
            3 => hex.chars().flat_map(|c| [c, c]).collect(),
            _ => hex.to_owned(),
        };
        let part = |at: usize| {
            let number = u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour");
            let share = f64::from(number) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        colours.insert(name.to_owned(), [part(0), part(2), part(4)]);
    }
    colours
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let light = |[r, g, b]: [f64; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn themes() -> [(&'static str, Colours); 2] {
    let light = STYLE.split(":root {").nth(1).expect("tokens");
    let light = light.split('}').next().expect("a block");
    let dark = STYLE.split("prefers-color-scheme: dark").nth(1).expect("a dark theme");
    let dark = dark.split('}').next().expect("a block");
    let (light, mut all) = (colours(light), colours(light));
    all.extend(colours(dark));
    [("light", light), ("dark", all)]
}

#[test]
fn text_can_be_read_on_every_ground_it_stands_on() {
    for (theme, colours) in themes() {
        let states = ["good", "bad", "doubt", "ours", "none", "person", "sea"];
        let grounds = ["paper", "surface", "sunk"];
        let mut pairs: Vec<(String, String)> = Vec::new();
        for ground in grounds {
            pairs.extend(["ink", "soft"].map(|text| (text.to_owned(), ground.to_owned())));
            pairs.extend(states.map(|text| (text.to_owned(), ground.to_owned())));
        }
        for state in states {
            for text in ["ink", "soft", "sea", state] {
                pairs.push((text.to_owned(), format!("{state}-tint")));
            }
        }
        pairs.push(("on-sea".to_owned(), "sea".to_owned()));
        for (text, ground) in pairs {
            let found = contrast(colours[&text], colours[&ground]);
            assert!(found >= 4.5, "{theme}: {text} on {ground} is {found:.2}:1");
        }
        for ground in ["paper", "surface"] {
            let found = contrast(colours["edge"], colours[ground]);
            assert!(found >= 3.0, "{theme}: a control's border on {ground} is {found:.2}:1");
        }
    }
}
