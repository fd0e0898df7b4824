//! Real commands.

use std::path::Path;

use plimsoll_core::catalog::{Argv, CommandDeploy, DeployKind, ObserveKind};
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::{DeploymentId, Seq};
use plimsoll_core::record::{
    Artifact, ArtifactKind, DeployResult, Ending, MoveReason, Observed, ProofOutcome,
};
use plimsoll_engine::ports::{DeployJob, Deployed, Fleet as _, TargetContext};

use crate::fleet::RealFleet;
use crate::testing::{MemoryBlobs, argv, context, release, settings};

fn commands(deploy: &str) -> CommandDeploy {
    CommandDeploy { deploy: argv(&["sh", "-c", deploy]), roll_back: None, prove: None, aim: None }
}

fn shell(script: &str) -> Option<Argv> {
    Some(argv(&["sh", "-c", script]))
}

fn target(commands: CommandDeploy) -> TargetContext {
    context(
        "nl-vm",
        DeployKind::Command(commands),
        ObserveKind::File("version".parse().expect("valid")),
    )
}

fn fleet(root: &Path) -> RealFleet {
    RealFleet::new(settings(root, MemoryBlobs::shared()))
}

async fn deploy(root: &Path, context: TargetContext, reason: MoveReason) -> Deployed {
    let job = DeployJob {
        context,
        release: release("1.23", Vec::new()),
        previous: Some("1.22".parse().expect("valid")),
        reason,
        deployment: DeploymentId(Seq(41)),
    };
    fleet(root).deploy(&job).await
}

fn named(digest: Digest) -> Artifact {
    Artifact {
        name: "app".parse().expect("valid"),
        kind: ArtifactKind::Named,
        digest,
        source: "app".into(),
        kept: false,
    }
}

#[tokio::test]
async fn the_command_knows_where_it_is_and_what_it_does() {
    let dir = tempfile::tempdir().expect("a directory");
    let script = "echo $PLIMSOLL_SERVICE/$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET $PLIMSOLL_SITE $PLIMSOLL_PLATFORM $PLIMSOLL_URL $PLIMSOLL_PREVIOUS $PLIMSOLL_RELEASE $PLIMSOLL_DEPLOYMENT; echo $PLIMSOLL_RELEASE > version";
    let at = target(commands(script));
    let deployed = deploy(dir.path(), at.clone(), MoveReason::Forward).await;
    assert_eq!(deployed.result, DeployResult::Done);
    assert_eq!(deployed.output, b"site/staging/nl-vm nl vm http://127.0.0.1:9 1.22 1.23 d-41\n");
    let seen = fleet(dir.path()).observe(&at).await;
    assert_eq!(seen, Observed::Version("1.23".parse().expect("valid")));
}

#[tokio::test]
async fn the_way_back_may_be_another_command() {
    let dir = tempfile::tempdir().expect("a directory");
    let both = CommandDeploy { roll_back: shell("echo back"), ..commands("echo forward") };
    let back = deploy(dir.path(), target(both.clone()), MoveReason::Back).await;
    assert_eq!(back.output, b"back\n");
    assert_eq!(deploy(dir.path(), target(both), MoveReason::Forward).await.output, b"forward\n");
    let only = deploy(dir.path(), target(commands("echo only")), MoveReason::Back).await;
    assert_eq!(only.output, b"only\n");
}

#[tokio::test]
async fn a_command_that_aims_elsewhere_is_not_run() {
    let dir = tempfile::tempdir().expect("a directory");
    let aimed = |aim: &str| CommandDeploy { aim: shell(aim), ..commands("touch ran") };
    let deployed = deploy(
        dir.path(),
        target(aimed("echo noise >&2; echo site/production/nl-vm")),
        MoveReason::Forward,
    )
    .await;
    assert_eq!(
        deployed.result,
        DeployResult::Misaimed { aimed_at: "site/production/nl-vm".into() }
    );
    let deployed =
        deploy(dir.path(), target(aimed("echo no kubeconfig; exit 1")), MoveReason::Forward).await;
    let DeployResult::Failed { ending: Ending::Exit(1), finding } = deployed.result else {
        panic!()
    };
    assert_eq!(
        finding,
        "nothing was deployed: where it aims could not be asked (exit code 1: no kubeconfig)"
    );
    assert!(!dir.path().join("ran").exists());

    let right =
        deploy(dir.path(), target(aimed("echo site/staging/nl-vm")), MoveReason::Forward).await;
    assert_eq!(right.result, DeployResult::Done);
    let mut identified = target(aimed("echo cluster-7"));
    identified.target.vars.insert("identity".into(), "cluster-7".into());
    assert_eq!(
        deploy(dir.path(), identified, MoveReason::Forward).await.result,
        DeployResult::Done
    );
}

#[tokio::test]
async fn a_failure_says_how_it_ended_and_secrets_stay_out_of_it() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("token"), "hunter2/hunter2\n").expect("written");
    let mut with_secret =
        commands("echo $TOKEN; printf user:$TOKEN | base64; echo \"bad $1\"; exit 4");
    with_secret.deploy.argv.push("x".parse().expect("valid"));
    with_secret.deploy.argv.push("{{ secrets.token }}".parse().expect("valid"));
    with_secret.deploy.env.insert("TOKEN".into(), "{{ secrets.token }}".parse().expect("valid"));
    let deployed = deploy(dir.path(), target(with_secret.clone()), MoveReason::Forward).await;
    let output = String::from_utf8_lossy(&deployed.output).into_owned();
    assert_eq!(output, "[secret token]\ndXNlcj[secret token]\nbad [secret token]\n");
    let DeployResult::Failed { ending, finding } = deployed.result else { panic!() };
    assert_eq!((ending, finding.as_str()), (Ending::Exit(4), "exit code 4: bad [secret token]"));

    std::fs::remove_file(dir.path().join("token")).expect("removed");
    let deployed = deploy(dir.path(), target(with_secret), MoveReason::Forward).await;
    let DeployResult::Failed { ending: Ending::NotStarted, finding } = deployed.result else {
        panic!()
    };
    assert_eq!(finding, "nothing was run: the secret token is not there: token does not exist");

    let killed = deploy(dir.path(), target(commands("kill -BUS $$")), MoveReason::Forward).await;
    let DeployResult::Failed { ending: Ending::Signal(7), finding } = killed.result else {
        panic!()
    };
    assert_eq!(finding, "killed by SIGBUS (signal 7); it printed nothing");
}

#[tokio::test]
async fn a_value_never_becomes_a_second_argument_or_a_command() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut at = target(CommandDeploy {
        deploy: argv(&["printf", "<%s>", "{{ target.vars.host }}", "{{ release.version }}"]),
        ..commands("")
    });
    at.target.vars.insert("host".into(), "a b; $(touch ran) {{ secrets.token }}".into());
    let deployed = deploy(dir.path(), at, MoveReason::Forward).await;
    assert_eq!(deployed.output, b"<a b; $(touch ran) {{ secrets.token }}><1.23>");
    assert!(!dir.path().join("ran").exists());
}

#[tokio::test]
async fn the_prove_command_says_present_missing_or_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let full = release("1.22", vec![named(Digest::of(b"x"))]);
    let prove = async |script: &str| {
        let at = target(CommandDeploy { prove: shell(script), ..commands("true") });
        fleet(dir.path()).prove(&at, &full).await
    };
    assert_eq!(
        prove("exit 0").await,
        ProofOutcome::Present { how: "the prove command exited 0".into() }
    );
    assert_eq!(
        prove("echo no image app:$PLIMSOLL_RELEASE; exit 1").await,
        ProofOutcome::Missing { what: "no image app:1.22".into(), digest: None }
    );
    assert_eq!(
        prove("echo no network; exit 2").await,
        ProofOutcome::Unknown { why: "the prove command: exit code 2: no network".into() }
    );
    let at = target(commands("true"));
    let unknown = fleet(dir.path()).prove(&at, &full).await;
    assert!(
        matches!(unknown, ProofOutcome::Unknown { why } if why.contains("named by its digest only"))
    );
    let nothing = fleet(dir.path()).prove(&at, &release("1.22", Vec::new())).await;
    assert!(matches!(nothing, ProofOutcome::Missing { digest: None, .. }));
}

#[tokio::test]
async fn an_observation_that_fails_is_unknown_with_its_reason() {
    let dir = tempfile::tempdir().expect("a directory");
    let observe = async |kind: ObserveKind| {
        let at = context("nl-vm", DeployKind::Command(commands("true")), kind);
        match fleet(dir.path()).observe(&at).await {
            Observed::Version(version) => version.to_string(),
            Observed::Altered { how, .. } => how,
            Observed::Unknown(why) => why,
        }
    };
    let command = |script: &str| ObserveKind::Command(argv(&["sh", "-c", script]));
    let http = || ObserveKind::Http {
        path: "/version".parse().expect("valid"),
        headers: Default::default(),
    };
    assert_eq!(observe(command("echo warning >&2; echo 1.22")).await, "1.22");
    assert!(observe(command("echo no; exit 3")).await.contains("exit code 3: no"));
    assert!(observe(command("sleep 30")).await.contains("did not end within 5s"));
    assert!(
        observe(ObserveKind::File("gone".parse().expect("valid")))
            .await
            .contains("gone could not be read")
    );
    assert!(
        observe(ObserveKind::File("/dev/zero".parse().expect("valid"))).await.contains("no file")
    );
    assert!(observe(ObserveKind::Link).await.contains("only there with the `files` deployer"));
    assert!(observe(http()).await.starts_with("http://127.0.0.1:9/version"));
}
