//! The first reading of both pictures, side by side.

use std::collections::HashSet;

use super::error::{PictureError, Side};
use super::look::Look;
use super::print::Print;
use super::record::Record;
use super::region::Size;
use super::rows::{Rows, Source};
use super::rules::{Judge, RowDifference};
use super::window::{Prepare, Window};

/// After this many rows that were seen at another height before, and when they are most of those that
/// differ, comparing each row with the one beside it is given up: it would be done again anyway.
const MOVED_ROWS: u32 = 16;

/// What the first reading leaves.
pub(super) struct Survey {
    /// The sizes of both.
    pub sizes: [Size; 2],
    /// The looks of both.
    pub looks: [Look; 2],
    /// How many rows at the top are equal; they have no prints.
    pub head: u32,
    /// The last of these, once there is another row.
    pub above: Option<Print>,
    /// The prints of the others.
    pub prints: [Vec<Print>; 2],
    /// What differs if nothing has moved, unless something seems to have.
    pub straight: Option<Record>,
}

/// Reads both pictures to their ends.
pub(super) fn survey(
    first: &mut dyn Source,
    second: &mut dyn Source,
    judge: &Judge,
    prepare: &Prepare<'_>,
) -> Result<Survey, PictureError> {
    let mut windows = [
        Window::new(Rows::open(first, Side::First)?, prepare.clone()),
        Window::new(Rows::open(second, Side::Second)?, prepare.clone()),
    ];
    let mut surveyor = Surveyor::new(windows.each_ref().map(|window| window.band.size()));
    let height = surveyor.survey.sizes[0].height.max(surveyor.survey.sizes[1].height);
    for y in 0..height {
        for window in &mut windows {
            if y < window.band.size().height {
                window.look_at(y)?;
            }
        }
        surveyor.row(y, &windows, judge);
    }
    for window in &mut windows {
        window.finish()?;
    }
    Ok(surveyor.survey)
}

struct Surveyor {
    survey: Survey,
    common_bytes: usize,
    seen: [HashSet<u64>; 2],
    /// Rows that differ from the one beside them, and those of them that were seen elsewhere.
    differing: u32,
    moved: u32,
    row: RowDifference,
}

impl Surveyor {
    fn new(sizes: [Size; 2]) -> Self {
        let width = sizes[0].width.min(sizes[1].width);
        let straight = (sizes[0].height == sizes[1].height).then(|| Record::new(width));
        let looks = [Look::new(), Look::new()];
        let prints = [Vec::new(), Vec::new()];
        Self {
            survey: Survey { sizes, looks, head: 0, above: None, prints, straight },
            common_bytes: width as usize * 4,
            seen: [HashSet::new(), HashSet::new()],
            differing: 0,
            moved: 0,
            row: RowDifference::default(),
        }
    }

    fn row(&mut self, y: u32, windows: &[Window<'_>; 2], judge: &Judge) {
        let rows = windows
            .each_ref()
            .map(|window| (y < window.band.size().height).then(|| window.band.bytes(y)));
        if Look::wants(y) {
            for (look, row) in self.survey.looks.iter_mut().zip(rows) {
                row.into_iter().for_each(|row| look.row(row));
            }
        }
        let [a, b] = rows.map(|row| row.map(|row| &row[..self.common_bytes]));
        let equal = a == b;
        if equal && self.survey.head == y {
            self.survey.head += 1;
            return;
        }
        if self.survey.head == y && y > 0 {
            let above = windows[usize::from(a.is_none())].band.bytes(y - 1);
            self.survey.above = Some(Print::of(&above[..self.common_bytes]));
        }
        let print_a = a.map(Print::of);
        let print_b = if equal { print_a } else { b.map(Print::of) };
        self.survey.prints[0].extend(print_a);
        self.survey.prints[1].extend(print_b);
        if !equal && let (Some(a), Some(b)) = (print_a, print_b) {
            self.compare(y, windows, judge, [a, b]);
        }
    }

    /// Compares the rows as if nothing had moved, until much seems to have.
    fn compare(&mut self, y: u32, windows: &[Window<'_>; 2], judge: &Judge, prints: [Print; 2]) {
        let Some(straight) = &mut self.survey.straight else { return };
        let pair = windows.each_ref().map(|window| (&window.band, y));
        judge.compare(pair[0], pair[1], &mut self.row);
        straight.anti_aliased += self.row.anti_aliased;
        straight.pair(pair[0], pair[1], &self.row.columns);
        for (side, print) in prints.iter().enumerate().filter(|(_, print)| !print.flat) {
            self.seen[side].insert(print.hash);
            self.moved += u32::from(self.seen[1 - side].contains(&print.hash));
        }
        self.differing += 1;
        if self.moved > MOVED_ROWS.max(self.differing) {
            self.survey.straight = None;
            self.seen = [HashSet::new(), HashSet::new()];
        }
    }
}
