use plimsoll_core::catalog::{CheckKind, CompareWith};

use crate::testing::{bad, in_checks, load_one};

#[test]
fn a_page_is_compared_with_what_it_stands_for_an_environment_a_site_or_nothing() {
    for (written, wanted, is_public) in [
        ("", CompareWith::Usual, true),
        (
            ", compare-with: production",
            CompareWith::Environment("production".parse().expect("a name")),
            true,
        ),
        (", compare-with: nothing", CompareWith::Nothing, true),
        (
            ", compare-with: 'https://www.example'",
            CompareWith::Url("https://www.example".parse().expect("a template")),
            true,
        ),
        (", steps: [{ expect: Words }]", CompareWith::Usual, true),
        (", steps: [{ click: a }]", CompareWith::Usual, false),
        (", cookies: { a: '{{ secrets.token }}' }", CompareWith::Usual, false),
        (", headers: { x-preview: '1' }", CompareWith::Usual, true),
    ] {
        let text = in_checks(&format!("{{ page: {{ path: /{written} }} }}"));
        let loaded = load_one(&text).unwrap_or_else(|why| panic!("{written}: {why:?}"));
        let service = loaded.catalog.services.values().next().expect("one");
        let CheckKind::Page(page) = &service.checks.values().next().expect("one").kind else {
            panic!("it is a page")
        };
        assert_eq!((&page.compare_with, page.is_public()), (&wanted, is_public), "{written}");
        let staging = &service.environments[0];
        let target = staging.targets.values().next().expect("one");
        let ahead = service.stood_for(&staging.name, target);
        assert_eq!(ahead.iter().map(ToString::to_string).collect::<Vec<_>>(), ["s/production/a"]);
    }
}

#[test]
fn pages_that_cannot_be_looked_at_are_refused() {
    bad(
        in_checks,
        &[
            ("{ page: home }", "9:18 [home] `home` is neither a path nor a URL → write  /home"),
            (
                "{ page: { path: /, viewports: [phone, 10x10] } }",
                "9:48 [10x10] `10x10` is not a window's size → write phone, desktop, or a width and a height from 100 to 4096: 1024x768",
            ),
            (
                "{ page: { path: /, viewports: [phone, phone] } }",
                "9:48 [phone] `phone` is there twice → leave one of them out",
            ),
            (
                "{ page: { path: /, viewports: [] } }",
                "9:40 [[]] with no window at all nothing would be seen → leave `viewports` out for a desktop",
            ),
            (
                "{ page: { path: /, compare-with: productoin } }",
                "9:43 [productoin] `productoin` is neither an environment nor a URL → where the page is known to be good: production, https://www.example, {{ target.vars.good }}, or nothing",
            ),
            (
                "{ page: { path: '/?t={{ secrets.token }}' } }",
                "9:34 [secrets.token] a secret cannot stand here: it would be visible in logs and addresses → pass it by env: of a command, or by a header or the body of a question",
            ),
            (
                "{ page: { path: /, clock: noon } }",
                "9:36 [noon] `noon` is not a moment → like 2026-01-01T12:00:00Z",
            ),
            (
                "{ page: { path: /, locale: nl_NL } }",
                "9:37 [nl_NL] `nl_NL` is not a language → like nl or nl-NL",
            ),
            (
                "{ page: { path: /, own-hosts: 'https://a.example' } }",
                "9:40 ['https://a.example'] `https://a.example` is not a host's name → like static.example, without scheme, port or path",
            ),
            (
                "{ page: { path: /, basic-auth: { user: a } } }",
                "9:29 [basic-auth] `password` is missing in this basic auth → `password`: The password: `{{ secrets.NAME }}`",
            ),
            (
                "{ page: { path: /, colours: blue } }",
                "9:38 [blue] `blue` is not one of light, dark",
            ),
            (
                "{ page: { path: /, picture: same } }",
                "9:38 [same] `same` is not one of broken, changed, off",
            ),
            (
                "{ page: { path: /, allow-hosts: 'a.example:80' } }",
                "9:42 ['a.example:80'] `a.example:80` is not a host's name → like static.example, without scheme, port or path",
            ),
            (
                "{ page: { path: /, contain: x } }",
                "9:29 [contain] unknown key `contain` → did you mean `contains`?",
            ),
            (
                "{ page: { path: /, within: 2s }, within: 3s }",
                "9:43 [within] `within` is said twice → keep the one beside the kind of the check",
            ),
        ],
    );
}
