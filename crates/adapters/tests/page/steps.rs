//! What is done before a page is looked at, and what is sent along.

use plimsoll_core::catalog::{BasicAuth, HttpMatch, PageStep, Viewport};
use plimsoll_core::record::Outcome;
use plimsoll_engine::ports::Attempted;

use crate::bed::{Bed, SECRET, Site, came_to, html, not_found, output, page, passed, typed, with};

const LOGIN: &str = "<!doctype html><title>Log in</title><form action=/in method=get>\
    <input id=user name=user><input id=pw name=pw type=password><button id=go>Go</button></form>";

fn login() -> Vec<PageStep> {
    let fill = |field: &str, with: &str| PageStep::Fill {
        field: field.into(),
        with: with.parse().expect("a template"),
    };
    vec![
        PageStep::WaitFor("#user".into()),
        fill("#user", "ann"),
        fill("#pw", "{{ secrets.token }}"),
        PageStep::Click("#go".into()),
        PageStep::Expect("Welcome".into()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_user_logs_in_and_its_password_is_nowhere() {
    let bed = Bed::new();
    // A bad site: the password is in the address, in the title, on the page, and in the console.
    let site = Site::start(|path, _| {
        if path == "/login" {
            return html(LOGIN);
        }
        let fits = path.contains("user=ann") && path.contains("pw=hunter2%2F%C3%BCnter%2Bthree");
        if !fits {
            return with(403, &[], "no");
        }
        html(
            "<!doctype html><p>Welcome, your password is <b id=b></b><script>\
             const pw = new URL(location).searchParams.get('pw');\
             b.textContent = pw; document.title = pw; console.error(pw); throw new Error(pw)</script>",
        )
    })
    .await;
    let mut check = page("/login");
    check.steps = login();
    let attempted = bed.look(&site.url(), &check).await;
    // With nothing to compare, an exception counts; and it says nothing either.
    let said = "a script fails: Error: [secret token]";
    came_to("login", &attempted, Outcome::Failed, said);
    let summary = format!("{:?}", attempted.attempt);
    let all = format!("{summary}{}", output(&attempted));
    for written in [SECRET, "hunter2", "hunter2%2F", "\\u00fcnter"] {
        assert!(!all.contains(written), "{written} in {all}");
    }
    assert!(all.contains("[secret token]") && all.contains("shows a secret"), "{all}");
    assert!(attempted.pictures.is_empty(), "the picture would show it");
}

/// Ways in which a page shows what is typed into `#q`, in or with its element `#z`.
const WAYS: &[(&str, &str)] = &[
    ("a placeholder", "<input id=z><script>q.oninput=()=>z.placeholder=q.value</script>"),
    (
        "a style",
        "<style>#z:after{content:attr(data-v)}</style><p id=z><script>q.oninput=()=>z.dataset.v=q.value</script>",
    ),
    (
        "a canvas",
        "<canvas id=z></canvas><script>q.oninput=()=>z.getContext('2d').fillText(q.value,9,9)</script>",
    ),
    (
        "a closed shadow root",
        "<p id=z></p><script>const r=z.attachShadow({mode:'closed'});q.oninput=()=>r.textContent=q.value</script>",
    ),
    (
        "a field in an open one",
        "<p id=z></p><script>const r=z.attachShadow({mode:'open'});q.oninput=()=>{r.innerHTML='<input>';r.firstChild.value=q.value}</script>",
    ),
    ("a frame", "<iframe id=z></iframe><script>q.oninput=()=>z.srcdoc='<p>'+q.value</script>"),
    ("capitals", "<p id=z></p><script>q.oninput=()=>z.textContent=q.value.toUpperCase()</script>"),
    (
        "groups",
        "<p id=z></p><script>q.oninput=()=>z.textContent=q.value.match(/.{1,4}/g).join(' ')</script>",
    ),
    (
        "groups with hyphens",
        "<p id=z></p><script>q.oninput=()=>z.textContent=q.value.match(/.{1,3}/g).join('-')</script>",
    ),
    (
        "soft hyphens",
        "<p id=z></p><script>q.oninput=()=>z.textContent=q.value.match(/.{1,3}/g).join('\\u00ad')</script>",
    ),
    (
        "backwards",
        "<p id=z style='direction:rtl;unicode-bidi:bidi-override'></p><script>q.oninput=()=>z.textContent=[...q.value].reverse().join('')</script>",
    ),
    (
        "letters set one by one",
        "<p id=z style='position:relative;height:20px'></p><script>q.oninput=()=>{z.innerHTML=[...q.value].map((c,i)=>[i*7%19,c]).sort((a,b)=>a[0]-b[0]).map(([at,c])=>`<i style='position:absolute;left:${[...q.value].findIndex((_,i)=>i*7%19===at)*15}px'>${c}</i>`).join('')}</script>",
    ),
    (
        "a marker",
        "<style>li::marker{content:var(--s)}</style><ul id=z><li>x</ul><script>q.oninput=()=>z.style.setProperty('--s',JSON.stringify(q.value))</script>",
    ),
    (
        "the style of a list",
        "<ul id=z><li>x</ul><script>q.oninput=()=>z.style.listStyleType=JSON.stringify(q.value)</script>",
    ),
    (
        "the style of a counter",
        "<ol id=z style='list-style:s'><li>x</ol><script>q.oninput=()=>{const s=new CSSStyleSheet();s.replaceSync(`@counter-style s{system:cyclic;symbols:${JSON.stringify(q.value)}}`);document.adoptedStyleSheets=[s]}</script>",
    ),
    (
        "half before",
        "<style>#z:before{content:var(--s)}</style><p id=z></p><script>q.oninput=()=>{z.textContent=q.value.slice(5);z.style.setProperty('--s',JSON.stringify(q.value.slice(0,5)))}</script>",
    ),
    (
        "a hidden text that is drawn",
        "<svg width=0 height=0><defs><text id=z y=30></text></defs></svg><svg width=600 height=60><use href=#z /></svg><script>q.oninput=()=>z.textContent=q.value</script>",
    ),
    (
        "a drawing",
        "<img id=z alt=''><script>q.oninput=()=>z.src='data:image/svg+xml,'+encodeURIComponent(`<svg xmlns='http://www.w3.org/2000/svg' width='600' height='60'><text x='5' y='40'>${q.value}</text></svg>`)</script>",
    ),
    (
        "a drawing behind",
        "<p id=z style='height:60px'></p><script>q.oninput=()=>z.style.backgroundImage='url(\"data:image/svg+xml;base64,'+btoa(`<svg xmlns='http://www.w3.org/2000/svg' width='600' height='60'><text x='5' y='40'>${[...q.value].map(c=>'&#'+c.charCodeAt()+';').join('')}</text></svg>`)+'\")'</script>",
    ),
    (
        "a drawing of the server",
        "<img id=z alt=''><script>q.oninput=()=>z.src='/badge.svg?u='+encodeURIComponent(q.value)</script>",
    ),
    (
        "a drawing from the memory",
        "<img id=z alt=''><script>q.oninput=()=>z.src=URL.createObjectURL(new Blob([`<svg xmlns='http://www.w3.org/2000/svg' width='600' height='60'><text x='5' y='40'>${q.value}</text></svg>`],{type:'image/svg+xml'}))</script>",
    ),
    (
        "a canvas that is not on the page",
        "<img id=z alt=''><script>q.oninput=()=>{const c=document.createElement('canvas');c.width=600;c.height=60;c.getContext('2d').fillText(q.value,9,9);z.src=c.toDataURL()}</script>",
    ),
    (
        "a frame of its own",
        "<iframe id=z sandbox></iframe><script>q.oninput=()=>z.srcdoc='<p>'+q.value</script>",
    ),
    (
        "a frame of data",
        "<iframe id=z></iframe><script>q.oninput=()=>z.src='data:text/html,'+q.value</script>",
    ),
    (
        "a frame of another",
        "<iframe id=z></iframe><script>q.oninput=()=>z.src='http://localhost:'+location.port+'/frame?'+q.value</script>",
    ),
    (
        "an object",
        "<object id=z type=text/html width=600 height=90></object><script>q.oninput=()=>z.data='data:text/html,'+q.value</script>",
    ),
];

/// However a page shows what was typed, its picture is not kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_shows_a_secret_in_any_way_is_not_kept() {
    let bed = Bed::new();
    for (what, body) in WAYS {
        let body =
            format!("<!doctype html><title>T</title><input id=q type=password><p>Words{body}");
        let looked = typed_into(&bed, &body).await;
        passed(what, &looked);
        assert!(looked.pictures.is_empty(), "{what}: {}", output(&looked));
        assert!(
            output(&looked).contains("its picture was not kept"),
            "{what}: {}",
            output(&looked)
        );
        assert!(!output(&looked).contains("hunter2"), "{what}: {}", output(&looked));
    }
}

/// Looks at a page after its field `#q` was filled with a secret.
async fn typed_into(bed: &Bed, body: &str) -> Attempted {
    let body = body.to_owned();
    let site = Site::start(move |path, _| match path.split('?').next() {
        Some("/") => html(&body),
        Some("/frame") => html("<p>A frame"),
        Some("/badge.svg") => typed("image/svg+xml", BADGE),
        _ => not_found(),
    })
    .await;
    let mut check = page("/");
    check.steps = vec![PageStep::Fill {
        field: "#q".into(),
        with: "{{ secrets.token }}".parse().expect("a template"),
    }];
    bed.look(&site.url(), &check).await
}

const BADGE: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='60'><circle r='9'/></svg>";

/// A picture of sixteen pixels by sixteen.
const SQUARE: &str = "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mM4IadBEmIY1TCqYfhqAAArUg4Q8CzRtwAAAABJRU5ErkJggg==";

/// What cannot show what was typed keeps nobody from the picture.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_a_page_that_can_be_read_is_kept_after_a_secret_was_typed() {
    let bed = Bed::new();
    let square = format!("data:image/png;base64,{SQUARE}");
    for (what, more) in [
        ("words", "<p>Welcome, ann. A hunter saw two zebras.".to_owned()),
        ("a picture of the server", "<img src=/badge.svg alt=Badge>".to_owned()),
        ("a picture in the page's own text", format!("<img src={square} alt=''>")),
        ("the same in its style", format!("<p style='background:url({square})'>Words")),
        (
            "a picture of one pixel that a script makes",
            "<img id=z width=99 alt=''><script>z.src='data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='</script>".to_owned(),
        ),
        (
            "a drawing that can be read",
            "<img src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E%3Ctext%3EOK%3C/text%3E%3C/svg%3E\" alt=''>".to_owned(),
        ),
        ("a drawing on the page", "<svg width=99 height=20><text y=15>Words</text></svg>".to_owned()),
        ("a frame of its own", "<iframe srcdoc='<p>Words'></iframe>".to_owned()),
        ("a frame that nobody sees", "<iframe sandbox srcdoc=x width=1 height=1></iframe>".to_owned()),
        ("a canvas that nobody sees", "<canvas hidden></canvas>".to_owned()),
        ("a list", "<ul><li>One<li>Two</ul>".to_owned()),
        ("a closed shadow root", "<p id=z><script>z.attachShadow({mode:'closed'}).textContent='Words'</script>".to_owned()),
    ] {
        let body = format!("<!doctype html><title>T</title><input id=q type=password><p>Words{more}");
        let looked = typed_into(&bed, &body).await;
        passed(what, &looked);
        assert_eq!(looked.pictures.len(), 1, "{what}: {}", output(&looked));
    }
}

/// Headers are seen by no script, so that a frame of another site can show nothing of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_behind_a_password_keeps_its_picture_though_it_holds_a_frame_of_another_site() {
    let bed = Bed::new();
    let site = Site::start(|path, _| match path {
        "/" => {
            html("<!doctype html><title>T</title><p>Words<iframe src='data:text/html,hi'></iframe>")
        }
        _ => not_found(),
    })
    .await;
    let mut check = page("/");
    let template = |text: &str| text.parse().expect("a template");
    check.basic_auth =
        Some(BasicAuth { user: template("ann"), password: template("{{ secrets.token }}") });
    let looked = bed.look(&site.url(), &check).await;
    passed("a header", &looked);
    assert_eq!(looked.pictures.len(), 1, "{}", output(&looked));
    check.basic_auth = None;
    check.cookies = [("session".to_owned(), template("{{ secrets.token }}"))].into();
    let looked = bed.look(&site.url(), &check).await;
    assert!(looked.pictures.is_empty(), "scripts see cookies: {}", output(&looked));
}

/// What must be there must be seen, wherever it stands; what must not, nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_is_what_a_visitor_sees() {
    let bed = Bed::new();
    let shadow = "<div><template shadowrootmode=open><p>Order complete</template></div>";
    for (body, seen) in [
        ("<p>Order complete", true),
        ("<p>Order&nbsp;complete", true),
        ("<p>Order\n  complete", true),
        ("<p style='text-transform:uppercase'>Order complete", true),
        (shadow, true),
        ("<iframe srcdoc='<p>Order complete'></iframe>", true),
        ("<p style='opacity:0'>Order complete", false),
        ("<p style='position:absolute;left:-9999px'>Order complete", false),
        (
            "<p style='position:absolute;clip:rect(0,0,0,0);width:1px;height:1px;overflow:hidden'>Order complete",
            false,
        ),
        ("<input placeholder='Order complete'>", false),
    ] {
        // One of them stands behind more text than most pages have.
        let words = "word ".repeat(if body == shadow { 60_000 } else { 1 });
        let body = format!("<!doctype html><title>T</title><p>{words}{body}");
        let site =
            Site::start(move |path, _| if path == "/" { html(&body) } else { not_found() }).await;
        let (mut holds, mut lacks) = (page("/"), page("/"));
        holds.expect_text = vec![HttpMatch::Contains("Order complete".into())];
        lacks.expect_text = vec![HttpMatch::Lacks("Order complete".into())];
        for (check, fine) in [(holds, seen), (lacks, !seen)] {
            let looked = bed.look(&site.url(), &check).await;
            let passed = looked.attempt.outcome == Outcome::Passed;
            assert_eq!(passed, fine, "{:?}: {}", check.expect_text, looked.attempt.finding);
        }
    }
    for (style, seen) in [
        ("", true),
        ("opacity:0", false),
        ("position:absolute;left:-9999px", false),
        ("clip-path:inset(50%)", false),
        ("transform:scale(0)", false),
    ] {
        let body = format!(
            "<!doctype html><title>T</title><p>Words<button id=buy style='{style}'>Buy</button>"
        );
        let site =
            Site::start(move |path, _| if path == "/" { html(&body) } else { not_found() }).await;
        let mut check = page("/");
        check.expect_elements = vec!["#buy".into()];
        let looked = bed.look(&site.url(), &check).await;
        assert_eq!(
            looked.attempt.outcome == Outcome::Passed,
            seen,
            "{style}: {}",
            looked.attempt.finding
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_cannot_be_taken_is_named_and_no_other_host_gets_a_secret() {
    let bed = Bed::new();
    let thief = Site::start(|_, _| html(LOGIN)).await;
    let there = thief.url();
    let site = Site::start(move |path, _| match path {
        "/away" => with(302, &[("location", &format!("{there}/login"))], ""),
        _ => html(LOGIN),
    })
    .await;
    let mut check = page("/away");
    check.steps = login();
    let attempted = bed.look(&site.url(), &check).await;
    let said = "step 3 (fill #pw): the page is now on 127.0.0.1, which is not the site's own";
    came_to("thief", &attempted, Outcome::Failed, said);
    let mut check = page("/");
    check.steps = vec![PageStep::Click("#nope".into())];
    let said = "step 1 (click #nope): nothing that #nope finds can be seen";
    came_to("nope", &bed.look(&site.url(), &check).await, Outcome::Failed, said);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_and_passwords_go_to_the_pages_own_origin_alone() {
    let bed = Bed::new();
    let other = Site::start(|_, _| typed("text/javascript", "1")).await;
    let script = format!("{}/x.js", other.url());
    let site = Site::start(move |path, head| {
        let head = head.to_ascii_lowercase();
        let known = head.contains("authorization: basic yw5uomh1bnrlcji") && head.contains("x-preview: on");
        match path {
            _ if !known => with(401, &[("www-authenticate", "Basic realm=x")], "no"),
            "/" => html(&format!(
                "<!doctype html><html lang=nl><title>Preview</title><link rel=stylesheet href=/a.css>\
                 <script src={script}></script><p id=p><script>\
                 p.textContent = document.cookie + ' ' + navigator.language + ' '\
                 + matchMedia('(prefers-color-scheme: dark)').matches + ' ' + innerWidth + ' '\
                 + new Date().getFullYear()</script>"
            )),
            "/a.css" => typed("text/css", "p{color:red}"),
            _ => not_found(),
        }
    })
    .await;
    let mut check = page("/");
    check.headers = [("X-Preview".to_owned(), "on".parse().expect("a template"))].into();
    check.basic_auth = Some(BasicAuth {
        user: "ann".parse().expect("a template"),
        password: "{{ secrets.token }}".parse().expect("a template"),
    });
    check.cookies = [("consent".to_owned(), "all".parse().expect("a template"))].into();
    check.locale = Some("nl-NL".into());
    check.colours = plimsoll_core::catalog::ColourScheme::Dark;
    check.viewports = vec![Viewport::phone(), Viewport::desktop()];
    check.clock = Some("2031-05-06T07:08:09Z".parse().expect("a moment"));
    check.viewports[0].mobile = false;
    check.expect_language = Some("nl".into());
    check.expect_title = Some(HttpMatch::Equals("Preview".into()));
    check.expect_text = vec![HttpMatch::Matches("^consent=all nl-NL true (390|1280) 2031$".into())];
    check.expect_elements = vec!["#p".into()];
    let attempted = bed.look(&site.url(), &check).await;
    passed("sent along", &attempted);
    let names: Vec<_> = attempted.pictures.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["phone.png", "desktop.png"]);
    let heads = other.heads.lock().expect("whole").join("\n").to_ascii_lowercase();
    assert!(
        heads.contains("/x.js") && !heads.contains("authorization") && !heads.contains("x-preview"),
        "{heads}"
    );
    check.expect_title = Some(HttpMatch::Contains("Draft".into()));
    let said = "phone: the title does not contain \"Draft\", and 1 more";
    came_to("title", &bed.look(&site.url(), &check).await, Outcome::Failed, said);
}
