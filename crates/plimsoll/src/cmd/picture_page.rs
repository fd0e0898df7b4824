//! A page that shows the pictures of a run side by side. It needs no server and no script.

use std::fmt::Write as _;

/// What a window size shows: names of files in the same folder.
pub(super) struct Shown {
    /// What was looked at.
    pub after: String,
    /// What is known to be good.
    pub before: Option<String>,
    /// What changed, framed.
    pub framed: Option<String>,
    /// What is made of it: `broken: restyled, 46 % of the picture`.
    pub verdict: Option<String>,
}

/// The page: what was found, and for each window size the pictures beside each other.
pub(super) fn page(title: &str, finding: &str, all: &[Shown]) -> String {
    let mut html = head(title);
    let _ = writeln!(html, "<p>{}</p>", escaped(finding));
    for shown in all {
        let name = shown.after.trim_end_matches(".png");
        let verdict = shown.verdict.as_deref().map(|words| format!(" · {}", escaped(words)));
        let verdict = verdict.unwrap_or_default();
        let _ = writeln!(html, "<h2>{}{verdict}</h2>\n<section>", escaped(name));
        let before = shown.before.as_deref().map(|file| ("known to be good", file));
        let framed = shown.framed.as_deref().map(|file| ("what changed, framed", file));
        let after = ("looked at", shown.after.as_str());
        for (words, file) in before.into_iter().chain([after]).chain(framed) {
            let file = escaped(file);
            let _ = writeln!(
                html,
                "<figure><figcaption>{words}</figcaption>\
                 <a href=\"{file}\"><img src=\"{file}\" alt=\"{name}, {words}\"></a></figure>",
                name = escaped(name)
            );
        }
        html.push_str("</section>\n");
    }
    html
}

/// The page of a release: every page check's folder with what was found there.
pub(super) fn list(title: &str, entries: &[(String, String)]) -> String {
    let mut html = head(title);
    html.push_str("<ul>\n");
    for (place, finding) in entries {
        let place = escaped(place);
        let finding = escaped(finding);
        let _ = writeln!(html, "<li><a href=\"{place}/index.html\">{place}</a>: {finding}");
    }
    html.push_str("</ul>\n");
    html
}

fn head(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{0}</title>\n{STYLE}\n\
         <h1>{0}</h1>\n",
        escaped(title)
    )
}

const STYLE: &str = "<style>
:root { color-scheme: light dark; --line: light-dark(#ccc, #444); }
body { margin: 2rem; font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.25rem; margin: 0; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
section { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figcaption { padding-bottom: .25rem; }
img { width: 100%; border: 1px solid var(--line); }
</style>";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_site_says_is_no_markup_here() {
        let shown = Shown {
            after: "desktop.png".into(),
            before: None,
            framed: None,
            verdict: Some("broken: <b>".into()),
        };
        let html = page("home on nl", "<script>alert(\"1\")</script> & more", &[shown]);
        assert!(html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more"));
        assert!(!html.contains("<script"));
        assert!(html.contains("<h2>desktop · broken: &lt;b&gt;</h2>"));
        assert_eq!(html.matches("<img ").count(), 1);
    }
}
