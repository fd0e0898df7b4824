//! Small pictures drawn by tests.

use std::io::Cursor;

use plimsoll_analyze::picture::{Difference, Options, PictureError, Rules, diff};

/// A picture of eight-bit red, green and blue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    pub width: usize,
    pub rows: Vec<Vec<[u8; 3]>>,
}

impl Canvas {
    pub fn new(width: usize, height: usize, ground: [u8; 3]) -> Self {
        Self { width, rows: vec![vec![ground; width]; height] }
    }

    pub fn fill(&mut self, x: usize, y: usize, width: usize, height: usize, ink: [u8; 3]) {
        for row in &mut self.rows[y..y + height] {
            row[x..x + width].fill(ink);
        }
    }

    /// A line of made-up letters, eight pixels wide and twelve high; each word draws others.
    pub fn write(&mut self, x: usize, y: usize, word: &str, ink: [u8; 3]) {
        for (at, letter) in word.bytes().enumerate() {
            let shape = u64::from(letter).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            for stroke in 0..12 {
                let bits = shape >> (stroke * 4);
                for dot in (0..6).filter(|dot| bits >> dot & 1 == 1) {
                    self.rows[y + stroke][x + at * 8 + dot] = ink;
                }
            }
        }
    }

    pub fn insert(&mut self, y: usize, rows: Vec<Vec<[u8; 3]>>) {
        self.rows.splice(y..y, rows);
    }

    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let height = u32::try_from(self.rows.len()).unwrap();
        let mut encoder = png::Encoder::new(&mut bytes, u32::try_from(self.width).unwrap(), height);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().unwrap();
        let data: Vec<u8> = self.rows.iter().flatten().flatten().copied().collect();
        writer.write_image_data(&data).unwrap();
        drop(writer);
        bytes
    }
}

/// A page: a header, a surface, paragraphs and a foot. Each line is a word of its own.
pub fn page(words: &str) -> Canvas {
    let mut page = Canvas::new(320, 400, [255, 255, 255]);
    page.fill(0, 0, 320, 40, [10, 120, 60]);
    page.write(16, 14, "planet", [255, 255, 255]);
    page.fill(20, 60, 280, 50, [240, 110, 60]);
    for line in 0..9 {
        let word: String = words
            .bytes()
            .cycle()
            .skip(line * 3)
            .take(28)
            .map(|b| char::from(b + u8::try_from(line).unwrap()))
            .collect();
        page.write(20, 130 + line * 22, &word, [30, 30, 30]);
    }
    page.fill(0, 360, 320, 40, [34, 34, 34]);
    page
}

pub fn compare(first: &[u8], second: &[u8], options: &Options) -> Result<Difference, PictureError> {
    diff(&mut Cursor::new(first), &mut Cursor::new(second), options)
}

/// Compares by plimsoll's own rules.
pub fn aligned(first: &Canvas, second: &Canvas) -> Difference {
    compare(&first.png(), &second.png(), &Options::default()).unwrap()
}

/// Compares pixel by pixel.
pub fn plain(first: &Canvas, second: &Canvas, rules: Rules) -> Difference {
    let options = Options { plain: Some(rules), ..Options::default() };
    compare(&first.png(), &second.png(), &options).unwrap()
}
