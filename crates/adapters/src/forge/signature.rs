//! Signatures of webhooks, compared in constant time.
//!
//! # Source
//! GitHub: `X-Hub-Signature-256`. Gitea, Forgejo: the same, and `X-Gitea-Signature` without the
//! `sha256=` before it. GitLab: `X-Gitlab-Token`, the secret itself; since 19 `webhook-signature` as
//! the Standard Webhooks specification has it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use plimsoll_core::Timestamp;
use plimsoll_core::units::Period;
use ring::hmac::{HMAC_SHA256, Key, sign, verify};

/// How far the time of a signature may be from ours.
const APART: Period = Period::from_mins(5);

/// What such a secret of a webhook begins with; the rest is the key in base64.
const STANDARD: &str = "whsec_";

/// Whether a text is the HMAC-SHA256 of the body, in hexadecimal digits.
pub(super) fn is_hex_hmac(secret: &str, body: &[u8], hex: &str) -> bool {
    let Some(tag) = unhex(hex.trim()) else { return false };
    verify(&Key::new(HMAC_SHA256, secret.as_bytes()), body, &tag).is_ok()
}

/// Whether a text is the secret.
pub(super) fn is_secret(secret: &str, presented: &str) -> bool {
    // Of both the same is made, so that comparing takes as long whatever they are.
    let key = Key::new(HMAC_SHA256, secret.as_bytes());
    let presented = sign(&key, presented.as_bytes());
    verify(&key, secret.as_bytes(), presented.as_ref()).is_ok()
}

/// Whether the secret is one for signatures alone.
pub(super) fn only_signs(secret: &str) -> bool {
    secret.starts_with(STANDARD)
}

/// Whether one of the signatures in a `webhook-signature` is of this message, made just now.
pub(super) fn is_standard(
    secret: &str,
    (id, at, signatures): (&str, &str, &str),
    body: &[u8],
    now: Timestamp,
) -> bool {
    let key = match secret.strip_prefix(STANDARD).map(|key| BASE64_STANDARD.decode(key)) {
        Some(Ok(key)) => key,
        Some(Err(_)) => return false,
        None => secret.as_bytes().to_vec(),
    };
    let Some(sent) = at.parse().ok().and_then(|second| Timestamp::from_second(second).ok()) else {
        return false;
    };
    let apart = Period::between(sent.min(now), sent.max(now));
    let message = [id.as_bytes(), b".", at.as_bytes(), b".", body].concat();
    let key = Key::new(HMAC_SHA256, &key);
    let is_one = |signature: &str| {
        let tag = signature.strip_prefix("v1,").map(|tag| BASE64_STANDARD.decode(tag));
        matches!(tag, Some(Ok(tag)) if verify(&key, &message, &tag).is_ok())
    };
    apart <= APART && signatures.split(' ').any(is_one)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_githubs_documentation_is_right() {
        let (secret, body) = ("It's a Secret to Everybody", b"Hello, World!");
        let right = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert!(is_hex_hmac(secret, body, right));
        assert!(is_hex_hmac(secret, body, &right.to_uppercase()));
        for wrong in ["", "75", "zz", &right[2..], &right.replace('7', "8"), "größe"] {
            assert!(!is_hex_hmac(secret, body, wrong), "{wrong}");
        }
        assert!(!is_hex_hmac(secret, b"Hello, World?", right));
    }

    #[test]
    fn a_secret_is_itself_alone() {
        assert!(is_secret("hunter22", "hunter22"));
        for wrong in ["", "hunter2", "hunter222", "HUNTER22"] {
            assert!(!is_secret("hunter22", wrong), "{wrong}");
        }
    }

    #[test]
    fn a_standard_signature_is_of_its_id_its_time_and_its_body() {
        // The example of the specification.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let (id, at) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330");
        let body = br#"{"test": 2432232314}"#;
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let now = Timestamp::from_second(1_614_265_400).expect("a moment");
        assert!(is_standard(secret, (id, at, signature), body, now));
        let several = format!("v1,AAAA {signature} v2,x");
        assert!(is_standard(secret, (id, at, &several), body, now));
        assert!(!is_standard(secret, ("msg_2", at, signature), body, now));
        assert!(!is_standard(secret, (id, "1614265331", signature), body, now));
        assert!(!is_standard(secret, (id, at, signature), b"{}", now));
        assert!(!is_standard(secret, (id, at, "v1,AAAA"), body, now));
        assert!(!is_standard("whsec_!", (id, at, signature), body, now));
        let later = Timestamp::from_second(1_614_265_331 + 300).expect("a moment");
        assert!(!is_standard(secret, (id, at, signature), body, later), "it is replayed");
    }
}
