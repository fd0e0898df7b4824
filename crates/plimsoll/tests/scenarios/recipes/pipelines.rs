//! Recipes of shells: GitHub Actions, GitLab CI, Jenkins, cron.

use serde_json::Value;

use super::document::{blocks, text};
use super::{Shop, shell, yaml};

/// The refusal that is shown while the suite has reported nothing.
const MISSING: &str = "not reported for this deployment yet; it comes from the CI";

/// Runs the steps of a pipeline: first the gate alone, which refuses with its reasons; then all of them, in
/// their order.
fn refused_then_allowed(shop: &Shop, flags: &str, steps: &[String], variables: &[(&str, &str)]) {
    let gate = steps.iter().find(|step| step.contains("/gate?") || step.contains("plimsoll gate"));
    let gate = gate.expect("one asks the gate");
    let refused = shell(&shop.bed, flags, gate, variables);
    assert_ne!(refused.code, Some(0), "{}", refused.whole());
    refused.says(MISSING);
    for step in steps {
        shell(&shop.bed, flags, step, variables).expect(0);
    }
}

#[test]
fn github_actions() {
    let shop = Shop::open();
    let token = shop.bed.token("actions", "report", "shop");
    let recipe = text("recipes/github-actions.md");
    let workflow = yaml::parse(&blocks(&recipe, "yaml")[0]);
    let job = &workflow["jobs"]["gate"];
    assert_eq!(yaml::text(job, "env/PLIMSOLL_TOKEN"), "${{ secrets.PLIMSOLL_TOKEN }}");
    let steps: Vec<String> = job["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .filter_map(|step| step["run"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(steps.len(), 3);
    let variables = [
        ("PLIMSOLL_SERVER", shop.server.url()),
        ("PLIMSOLL_TOKEN", token),
        ("GITHUB_REF_NAME", "v1.1".to_owned()),
        ("GITHUB_SERVER_URL", "https://github.example".to_owned()),
        ("GITHUB_REPOSITORY", "acme/shop".to_owned()),
        ("GITHUB_RUN_ID", "118".to_owned()),
        ("GITHUB_RUN_ATTEMPT", "1".to_owned()),
    ];
    let variables = variables.each_ref().map(|(key, value)| (*key, value.as_str()));
    refused_then_allowed(&shop, "-e", &steps, &variables);
    let link = "https://github.example/acme/shop/actions/runs/118";
    shop.bed.ok(&["show", "shop/staging/nl/suite"]).says(link).says("actions");
    // The step that gets a token of the job can be read; there is no issuer here that it could ask.
    let step = yaml::parse(&blocks(&recipe, "yaml")[2]);
    let script = yaml::text(&step, "0/run").to_owned();
    shell(&shop.bed, "-n", &script, &[]).expect(0);
}

#[test]
fn gitlab_ci() {
    let shop = Shop::open();
    let token = shop.bed.token("gitlab", "report,release", "shop");
    let pipeline = yaml::parse(&blocks(&text("recipes/gitlab-ci.md"), "yaml")[0]);
    let jobs = ["suite", "gate", "production"].map(|job| &pipeline[job]);
    let lines = jobs.iter().flat_map(|job| {
        ["script", "after_script"].into_iter().filter_map(|key| job[key].as_array()).flatten()
    });
    let steps: Vec<String> = lines.filter_map(Value::as_str).map(str::to_owned).collect();
    assert_eq!(steps.len(), 4);
    let url = shop.server.url();
    let variables = [
        ("PLIMSOLL_SERVER", url.as_str()),
        ("PLIMSOLL_TOKEN", token.as_str()),
        ("CI_COMMIT_TAG", "v1.1"),
        ("CI_JOB_URL", "https://gitlab.example/acme/shop/-/jobs/118"),
    ];
    refused_then_allowed(&shop, "-e", &steps, &variables);
    assert_eq!(shop.bed.runs("production", "nl"), "1.1");
}

#[test]
fn jenkins() {
    let shop = Shop::open();
    let token = shop.bed.token("jenkins", "report,release", "shop");
    let pipeline = blocks(&text("recipes/jenkins.md"), "groovy").remove(0);
    let steps: Vec<String> = pipeline
        .split("sh '")
        .skip(1)
        .filter_map(|rest| rest.split_once('\'').map(|(line, _)| line.to_owned()))
        .collect();
    assert_eq!(steps.len(), 4);
    assert_eq!(pipeline.matches('{').count(), pipeline.matches('}').count());
    let url = shop.server.url();
    let variables = [
        ("PLIMSOLL_SERVER", url.as_str()),
        ("PLIMSOLL_TOKEN", token.as_str()),
        ("TAG_NAME", "v1.1"),
        ("BUILD_URL", "https://jenkins.example/job/shop/118/"),
    ];
    refused_then_allowed(&shop, "-xe", &steps, &variables);
    assert_eq!(shop.bed.runs("production", "nl"), "1.1");
}

#[test]
fn cron() {
    let shop = Shop::open();
    let token = shop.bed.token("cron", "release", "shop");
    let recipe = text("recipes/cron.md");
    let table = blocks(&recipe, "cron").remove(0);
    let variables: Vec<_> = table.lines().filter_map(|line| line.split_once('=')).collect();
    assert_eq!(variables.len(), 3, "{table}");
    let job: Vec<_> = table.lines().last().expect("a job").split_whitespace().collect();
    assert_eq!(job.len(), 7, "five times, an account, a command: {job:?}");
    let home = shop.bed.root().display().to_string();
    let script = blocks(&recipe, "sh").remove(0).replace("/srv/shop", &home);
    shop.bed.write("token", token);
    let token_file = shop.bed.path("token").display().to_string();
    let url = shop.server.url();
    let variables = [("PLIMSOLL_SERVER", url.as_str()), ("PLIMSOLL_TOKEN_FILE", &token_file)];
    let run = || shell(&shop.bed, "-u", &script, &variables);
    let silent = |output: crate::bed::Output| {
        let output = output.expect(0);
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""));
    };
    silent(run());
    shop.bed.write("next", "1.1\n");
    silent(run());
    assert!(shop.bed.read("why").contains(MISSING), "{}", shop.bed.read("why"));
    shop.allowed();
    run().expect(0).says("shop@1.1");
    assert_eq!(shop.bed.runs("production", "in"), "1.1");
    assert_eq!((shop.bed.read("last"), shop.bed.read("next")), ("1.1\n".into(), String::new()));
    silent(run());
    shop.bed.write("next", "1.1\n");
    shop.server.stop().expect(0);
    shell(&shop.bed, "-u", &script, &variables).expect(69).says("does not answer");
}
