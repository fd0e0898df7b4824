//! Signatures of messages as real runners write them.

use plimsoll_analyze::signature::{LONGEST, of};

/// The same failure twice, and another failure of the same test.
const REAL: [(&str, &str, &str); 8] = [
    (
        "assert 1 == 2\nself = <test_a.TestB object at 0x7f3a2b10>\n\n    def test_bad(self):\n>       assert f() == 2\nE       assert 1 == 2\nE        +  where 1 = f()\n\n/tmp/pytest-of-root/pytest-3/test_a.py:9: AssertionError",
        "assert 1 == 2\nself = <test_a.TestB object at 0x55d0aa00>\n\n    def test_bad(self):\n        # a comment\n>       assert f() == 2\nE       assert 1 == 2\nE        +  where 1 = f()\n\n/tmp/pytest-of-root/pytest-44/test_a.py:10: AssertionError",
        "KeyError: 'name'\n>       return row['name']\nE       KeyError: 'name'\n\ntest_a.py:9: KeyError",
    ),
    (
        "E   requests.exceptions.ConnectionError: HTTPConnectionPool(host='127.0.0.1', port=41233): Max retries exceeded with url: /api/items/8c1b9a52-5c1e-4f8e-9a9d-2b1f0c7d6e5f (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f10>: [Errno 111] Connection refused'))",
        "E   requests.exceptions.ConnectionError: HTTPConnectionPool(host='127.0.0.1', port=50001): Max retries exceeded with url: /api/items/00000000-aaaa-bbbb-cccc-ddddeeeeffff (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7fffa0>: [Errno 111] Connection refused'))",
        "E   requests.exceptions.ReadTimeout: HTTPConnectionPool(host='127.0.0.1', port=41233): Read timed out. (read timeout=5)",
    ),
    (
        "java.lang.AssertionError: expected:<1> but was:<2>\n\tat org.junit.Assert.fail(Assert.java:89)\n\tat org.example.ShopTest.pays(ShopTest.java:42)",
        "java.lang.AssertionError: expected:<1> but was:<2>\n\tat org.junit.Assert.fail(Assert.java:91)\n\tat org.example.Other.pays(Other.java:7)",
        "java.lang.NullPointerException: Cannot invoke \"Cart.total()\" because \"cart\" is null\n\tat org.example.ShopTest.pays(ShopTest.java:42)",
    ),
    (
        "org.awaitility.core.ConditionTimeoutException: Condition was not fulfilled within 10 seconds.\nCaused by: java.io.FileNotFoundException: /tmp/junit839274/out.txt (No such file)",
        "org.awaitility.core.ConditionTimeoutException: Condition was not fulfilled within 2 seconds.\nCaused by: java.io.FileNotFoundException: /tmp/junit-abc/out.txt (No such file)",
        "org.awaitility.core.ConditionTimeoutException: Condition was not fulfilled within 10 seconds.\nCaused by: java.sql.SQLException: closed",
    ),
    (
        "Failed\n=== RUN   TestCart/pays\n    cart_test.go:12: got 3, want 4\n--- FAIL: TestCart/pays (0.00s)",
        "Failed\n=== RUN   TestCart/pays\n    cart_test.go:19: got 3, want 4\n--- FAIL: TestCart/pays (1.31s)",
        "Failed\n=== RUN   TestCart/pays\n    cart_test.go:12: unexpected error: no stock\n--- FAIL: TestCart/pays (0.00s)",
    ),
    (
        "panic: runtime error: index out of range [5] with length 3 [recovered]\n\ngoroutine 19 [running]:\ntesting.tRunner.func1.2({0x52e0c0, 0xc0000b4000})",
        "panic: runtime error: index out of range [5] with length 3 [recovered]\n\ngoroutine 7 [running]:\ntesting.tRunner.func1.2({0x52e0c0, 0xc0000affff})",
        "panic: runtime error: invalid memory address or nil pointer dereference\n\ngoroutine 19 [running]:",
    ),
    (
        "thread 'cart::pays' (4711) panicked at src/cart.rs:10:9:\nassertion `left == right` failed\n  left: 1\n right: 2\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
        "thread 'cart::pays' (99) panicked at src/cart.rs:14:13:\nassertion `left == right` failed\n  left: 1\n right: 2\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
        "thread 'cart::pays' (4711) panicked at src/cart.rs:10:9:\ncalled `Result::unwrap()` on an `Err` value: ParseIntError { kind: Empty }",
    ),
    (
        "at 2026-11-21T13:54:20.123Z request 5f2d9c01ab to [::1]:8443 failed after 1m2.5s: 502",
        "at 2026-11-22 03:00:00,5 request 99912345 to [fe80::1%eth0]:443 failed after 90ms: 502",
        "at 2026-11-21T13:54:20.123Z request 5f2d9c01ab to [::1]:8443 was refused",
    ),
];

#[test]
fn the_same_failure_twice_has_one_signature_and_another_has_another() {
    for (first, again, other) in REAL {
        assert_eq!(of(first), of(again));
        assert_ne!(of(first), of(other));
    }
}

#[test]
fn statuses_and_counts_are_part_of_a_failure_and_what_is_new_each_time_is_not() {
    for (one, other) in [
        ("expected 200 got 302", "expected 200 got 500"),
        ("HTTP 500 for /cart", "HTTP 404 for /cart"),
        ("17 products are missing", "1 products are missing"),
    ] {
        assert_ne!(of(one), of(other));
    }
    for (one, other) in [
        ("order 83211 is gone, got 404", "order 9917 is gone, got 404"),
        ("listening on port 41233, got 500", "listening on port 50001, got 500"),
        ("File x.py line 3: bad", "File x.py line 12: bad"),
        ("took 12 ms, got 500", "took 7 ms, got 500"),
    ] {
        assert_eq!(of(one), of(other));
    }
}

#[test]
fn signatures_read_well() {
    for (message, signature) in [
        (REAL[0].0, "assert 1 == 2 | + where 1 = f()"),
        (REAL[2].0, "java.lang.AssertionError: expected:<1> but was:<2>"),
        (REAL[4].0, "cart_test.go:<n>: got 3, want 4"),
        (
            REAL[6].0,
            "thread 'cart::pays' (<n>) panicked at src/cart.rs:<n>: | assertion `left == right` failed | left: 1",
        ),
        ("job 123e4567-e89b-12d3-a456-426614174000 at 12:00:01", "job <id> at <time>"),
        ("", ""),
        ("Failed", "Failed"),
    ] {
        assert_eq!(of(message), signature);
    }
}

#[test]
fn a_signature_is_bounded_one_line_and_its_own_signature() {
    for (first, again, other) in REAL {
        for message in [
            first,
            again,
            other,
            &first.repeat(50),
            &format!("{}é", "word ".repeat(90)),
            &"x".repeat(100_000),
        ] {
            let signature = of(message);
            assert!(
                signature.chars().count() <= LONGEST && !signature.contains('\n'),
                "{signature}"
            );
            assert_eq!(of(&signature), signature);
        }
    }
}

#[test]
fn any_mixture_of_scraps_is_its_own_signature() {
    let scraps = [
        "1",
        "12ab34",
        "<n>",
        "-",
        ".",
        ":",
        ",",
        "_",
        "/tmp/",
        "/tm",
        "p/x",
        "[::1]:80",
        "[",
        "]",
        "0x",
        "ff",
        " ",
        "\n",
        "E ",
        "E",
        "at ",
        "s",
        "ms",
        "2026-01-02",
        "T10:20",
        "1.2.3.4",
        "--- ",
        "|",
        "é",
        "…",
        "test ",
        "... ok",
        "\t",
        "<",
        "abcdefab-abcd-abcd-abcd-abcdefabcdef",
        "C:\\Temp\\a",
        "running ",
        "::1",
    ];
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for _ in 0..30_000 {
        let mut message = String::new();
        for _ in 0..12 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            message.push_str(scraps[usize::try_from(state % scraps.len() as u64).expect("small")]);
        }
        let once = of(&message);
        assert_eq!(of(&once), once, "of {message:?}");
    }
}

#[test]
fn the_code_of_an_error_tells_it_from_another() {
    for (one, other) in [
        ("ORA-12541: no listener", "ORA-01017: invalid password"),
        ("error TS2304: cannot find name", "error TS2322: cannot find name"),
        ("SQLSTATE[HY000]: ER-1045 denied", "SQLSTATE[HY000]: ER-1049 denied"),
    ] {
        assert_eq!(of(one), one);
        assert_ne!(of(one), of(other));
    }
    assert_eq!(of("order-12541 is lost"), of("order-99999 is lost"));
    assert_eq!(of("item 12541"), of("item 99999"));
}
