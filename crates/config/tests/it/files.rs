//! Several files.

use std::path::Path;

use plimsoll_config::{load, load_texts};

use crate::said;

const SERVICE: &str = "services: { s: { environments: { e: { targets: { a: {} } } }, platforms: { p: { deploy: { files: { root: '/srv/{{ service.name }}' } } } } } }";

fn errors(files: &[(&str, &str)]) -> Vec<String> {
    said(&load_texts(Path::new("conf/plimsoll.yaml"), files.iter().copied()).expect_err("errors"))
}

#[test]
fn included_files_are_read_in_order_and_named() {
    let two = SERVICE.replace(" s:", " t:");
    let files = [
        ("conf/plimsoll.yaml", "include: [roles.yaml, 'sites/*.yaml']\nlimits: { per-host: 3 }"),
        ("conf/roles.yaml", "roles: { editors: [anna] }"),
        ("conf/sites/b.yaml", &two),
        ("conf/sites/a.yaml", SERVICE),
        ("conf/sites/a.txt", "not this"),
    ];
    let loaded = load_texts(Path::new("conf/plimsoll.yaml"), files).expect("valid");
    let names: Vec<_> = loaded.files.iter().map(|path| path.display().to_string()).collect();
    assert_eq!(
        names,
        ["conf/plimsoll.yaml", "conf/roles.yaml", "conf/sites/a.yaml", "conf/sites/b.yaml"]
    );
    assert_eq!(loaded.root, Path::new("conf"));
    assert_eq!(loaded.catalog.services.len(), 2);
}

#[test]
fn a_name_defined_in_two_files_is_an_error_that_names_both_places() {
    let found = errors(&[
        ("conf/plimsoll.yaml", &format!("include: a.yaml\n{SERVICE}")),
        ("conf/a.yaml", SERVICE),
    ]);
    assert_eq!(
        found,
        [
            "conf/a.yaml:1:13 the service `s` is defined twice → the first is in conf/plimsoll.yaml:2"
        ]
    );
}

#[test]
fn circles_are_named_and_nothing_is_read_twice() {
    let found = errors(&[
        ("conf/plimsoll.yaml", &format!("include: [a.yaml]\n{SERVICE}")),
        ("conf/a.yaml", "include: [b.yaml, b.yaml]"),
        ("conf/b.yaml", "include: ./a.yaml"),
    ]);
    assert_eq!(
        found,
        [
            "conf/a.yaml:1:19 conf/b.yaml is included twice → the first is in line 1",
            "conf/b.yaml:1:10 this includes itself: conf/a.yaml → conf/b.yaml → conf/a.yaml → leave it out",
        ]
    );
}

#[test]
fn includes_stay_in_the_folder_and_must_exist() {
    let main = format!(
        "include: [../x.yaml, /etc/passwd, 'a*/b.yaml', 'no/*.yaml', gone.yaml, ~/x, a//b.yaml]\n{SERVICE}"
    );
    let found = errors(&[("conf/plimsoll.yaml", &main)]);
    assert_eq!(found.len(), 7, "{found:#?}");
    assert!(found[4].contains("conf/gone.yaml: there is no such file"), "{found:#?}");
}

#[test]
fn links_that_lead_out_of_the_folder_are_refused_and_nothing_of_the_file_is_shown() {
    let outside = tempfile::tempdir().expect("a folder");
    let secret = outside.path().join("passwd.yaml");
    std::fs::write(&secret, "root:x:0:0:root").expect("written");
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink(&secret, at("a.yaml")).expect("linked");
    std::os::unix::fs::symlink(outside.path(), at("sites")).expect("linked");
    std::fs::write(at("real.yaml"), "limits: { per-host: 3 }").expect("written");
    std::os::unix::fs::symlink("real.yaml", at("inside.yaml")).expect("linked");
    let main = at("plimsoll.yaml");
    let text = |include: &str| format!("include: [{include}]\n{SERVICE}");
    std::fs::write(&main, text("inside.yaml")).expect("written");
    assert_eq!(load(&main).expect("valid").catalog.limits.per_host, 3);
    std::fs::write(&main, text("a.yaml, sites/passwd.yaml, 'sites/*.yaml'")).expect("written");
    let found = said(&load(&main).expect_err("refused"));
    assert_eq!(found.len(), 3, "{found:#?}");
    for one in found {
        assert!(one.contains("a link leads out of the folder of the configuration"), "{one}");
        assert!(!one.contains("x:0:0"), "{one}");
    }
}

#[test]
fn errors_of_all_files_come_at_once_in_the_order_of_reading() {
    let found = errors(&[
        ("conf/plimsoll.yaml", "include: a.yaml\nservice: {}"),
        ("conf/a.yaml", "limits: {}\nroles: {"),
    ]);
    let starts: Vec<&str> =
        found.iter().map(|line| line.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(starts, ["conf/plimsoll.yaml:2:1", "conf/a.yaml:2:8"], "{found:#?}");
}

#[test]
fn what_is_no_file_or_not_there_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let gone = folder.path().join("plimsoll.yaml");
    let error = &load(&gone).expect_err("missing")[0];
    assert_eq!((error.line, error.message.as_str()), (0, "there is no such file"));
    assert!(error.to_string().contains("plimsoll init"), "{error}");
    assert_eq!(load(folder.path()).expect_err("a folder")[0].message, "this is not a file");
    std::fs::write(&gone, SERVICE).expect("written");
    assert_eq!(load(&gone).expect("valid").root, folder.path());
}
