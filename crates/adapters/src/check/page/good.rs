//! The page that is known to be good.

use plimsoll_analyze::page::PageFacts;
use plimsoll_core::catalog::{CompareWith, PageCheck, Variable, Viewport};
use plimsoll_engine::ports::{Before, CheckJob};
use serde::Deserialize;

use crate::ground::Ground;
use crate::values::Values;

use super::visit::{self, Visit};

/// What an attempt is compared with.
pub(super) struct Good<'a> {
    /// Pages that count as good as they are today, the most alike first; why one cannot be asked.
    pub today: Vec<(String, Result<Visit, String>)>,
    before: &'a [Before],
    ground: &'a Ground,
}

/// The output of an earlier run, as far as it matters here.
#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct Kept {
    views: Vec<PageFacts>,
    compared_with: Vec<PageFacts>,
}

impl<'a> Good<'a> {
    /// What the job says is good.
    pub fn of(job: &'a CheckJob, check: &PageCheck, values: &Values, ground: &'a Ground) -> Self {
        let today = match &check.compare_with {
            CompareWith::Url(place) => {
                let base = values.fill(place).map_err(|error| error.to_string());
                let words = base.clone().unwrap_or_else(|_| place.to_string());
                vec![(values.redactor().text(&words), base.and_then(|b| at(check, values, &b)))]
            }
            CompareWith::Usual | CompareWith::Environment(_) | CompareWith::Nothing => {
                let there = job.beside.targets.iter().map(|context| {
                    let values = Values::of_target(context, &ground.secrets)
                        .with_version(&job.version)
                        .with_previous(None);
                    let base = values.get(&Variable::Url).ok_or("it has no url".to_owned());
                    (context.id.to_string(), base.and_then(|base| at(check, &values, base)))
                });
                there.collect()
            }
        };
        Self { today, before: &job.beside.before, ground }
    }

    /// A picture that was kept with an earlier look, if it still is.
    pub async fn picture(&self, kept: &str) -> Option<Vec<u8>> {
        self.ground.blobs.get(&kept.parse().ok()?).await.ok()
    }

    /// The facts of an earlier look with this window, and which look it was.
    pub async fn earlier(&self, viewport: &Viewport) -> Result<(String, PageFacts), String> {
        let mut why = String::new();
        for before in self.before {
            let found = match self.ground.blobs.get(&before.output.digest).await {
                Ok(output) => of_output(&output, before.compared, viewport),
                Err(error) => {
                    why = format!("{}: {error}", before.words);
                    continue;
                }
            };
            match found {
                Some(facts) => return Ok((before.words.clone(), facts)),
                None => why = format!("{} shows no page in that window size", before.words),
            }
        }
        Err(why)
    }
}

fn at(check: &PageCheck, values: &Values, base: &str) -> Result<Visit, String> {
    let whole = visit::address(base, None).map_err(|error| error.to_string())?;
    let base = whole.as_str().trim_end_matches('/').to_owned();
    Visit::fill(check, values, Some(&base)).map_err(|error| error.to_string())
}

/// The facts in an output; of several attempts the last one counts.
fn of_output(output: &[u8], compared: bool, viewport: &Viewport) -> Option<PageFacts> {
    let text = std::str::from_utf8(output).ok()?;
    let last = text.rsplit("--- attempt ").next()?;
    let kept: Kept = serde_json::from_str(&last[last.find('{')?..]).ok()?;
    let all = if compared { kept.compared_with } else { kept.views };
    let good = |facts: &PageFacts| facts.status.is_some_and(|s| (200..300).contains(&s));
    all.into_iter().find(|facts| facts.viewport == viewport.name && good(facts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_attempt_of_an_output_counts_and_a_page_that_was_down_is_not_good() {
        let viewport = Viewport::desktop();
        let view = |status: u16, title: &str| {
            let facts = PageFacts {
                viewport: "desktop".into(),
                status: Some(status),
                title: title.into(),
                ..PageFacts::default()
            };
            serde_json::to_string(&facts).expect("JSON")
        };
        let title = |output: &str, compared| {
            of_output(output.as_bytes(), compared, &viewport).map(|facts| facts.title)
        };
        let one = format!("{{\"views\": [{}], \"browser\": \"x\"}}", view(200, "one"));
        assert_eq!(title(&one, false).as_deref(), Some("one"));
        assert_eq!(title(&one, true), None);
        let two = format!(
            "--- attempt 1 of 2\n{one}--- attempt 2 of 2\n{{\"views\": [{}], \"compared-with\": [{}]}}",
            view(200, "two"),
            view(200, "good")
        );
        assert_eq!(title(&two, false).as_deref(), Some("two"));
        assert_eq!(title(&two, true).as_deref(), Some("good"));
        let down = format!("{{\"views\": [{}]}}", view(503, "down"));
        assert_eq!(title(&down, false), None);
        assert_eq!(title("no output", false), None);
    }
}
