//! Tokens of a forge's CI, signed with keys of our own.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plimsoll_core::catalog::{ClaimPattern, Grant, Permission, Trust, TrustedKeys};
use plimsoll_web::FetchKeys;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair as RsaKeyPair;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use serde_json::{Value, json};

use crate::world::{Answer, World, tell};

const ISSUER: &str = "https://token.actions.example";
const AUDIENCE: &str = "https://plimsoll.example";

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The keys of the forge, and how often somebody asked for them.
struct Forge {
    ec: EcdsaKeyPair,
    rsa: RsaKeyPair,
    asked: AtomicU32,
    is_away: AtomicBool,
}

impl Forge {
    fn new() -> Self {
        let random = SystemRandom::new();
        let ec = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, ec.as_ref(), &random);
        let made = Command::new("openssl")
            .args(["genpkey", "-algorithm", "RSA", "-outform", "DER"])
            .args(["-pkeyopt", "rsa_keygen_bits:2048"])
            .output()
            .expect("openssl is there");
        // Which of the two forms it writes depends on its version.
        let rsa = RsaKeyPair::from_pkcs8(&made.stdout);
        let rsa = rsa.or_else(|_| RsaKeyPair::from_der(&made.stdout)).expect("a key of openssl's");
        let (asked, is_away) = (AtomicU32::new(0), AtomicBool::new(false));
        Self { ec: ec.unwrap(), rsa, asked, is_away }
    }

    fn sign(&self, alg: &str, signed: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        match alg {
            "ES256" => self.ec.sign(&random, signed.as_bytes()).unwrap().as_ref().to_vec(),
            "RS256" => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                let signed = signed.as_bytes();
                self.rsa.sign(&RSA_PKCS1_SHA256, &random, signed, &mut signature).unwrap();
                signature
            }
            _ => Vec::new(),
        }
    }

    fn token(&self, head: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", encoded(head.to_string()), encoded(claims.to_string()));
        let alg = head["alg"].as_str().unwrap();
        format!("{signed}.{}", encoded(self.sign(alg, &signed)))
    }
}

/// Keys as the forge shows them.
struct Shown(Arc<Forge>);

#[async_trait]
impl FetchKeys for Shown {
    async fn fetch_keys(&self, from: &TrustedKeys) -> Result<Vec<u8>, String> {
        assert_eq!(*from, TrustedKeys::Url(format!("{ISSUER}/jwks")));
        self.0.asked.fetch_add(1, Ordering::Relaxed);
        if self.0.is_away.load(Ordering::Relaxed) {
            return Err("no answer".to_owned());
        }
        let point = self.0.ec.public_key().as_ref();
        let public: ring::rsa::PublicKeyComponents<Vec<u8>> = self.0.rsa.public().into();
        let keys = json!({ "keys": [
            { "kty": "EC", "kid": "ec", "crv": "P-256", "use": "sig", "alg": "ES256",
              "x": encoded(&point[1..33]), "y": encoded(&point[33..]) },
            { "kty": "RSA", "kid": "rsa", "use": "sig", "n": encoded(public.n), "e": encoded(public.e) },
            { "kty": "oct", "kid": "shared", "k": "c2VjcmV0" },
        ] });
        Ok(keys.to_string().into_bytes())
    }
}

async fn world(seed: u64) -> (World, Arc<Forge>) {
    let forge = Arc::new(Forge::new());
    let grant = |git_ref: &str, permissions: &[Permission], person: &str| Grant {
        when: [("repository", "acme/planet4"), ("ref", git_ref)]
            .map(|(name, text)| (name.to_owned(), ClaimPattern::new(text)))
            .into(),
        services: ["planet4".parse().unwrap()].into(),
        permissions: permissions.iter().copied().collect(),
        person: person.parse().unwrap(),
    };
    let trust = Trust {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        keys: TrustedKeys::Url(format!("{ISSUER}/jwks")),
        grants: vec![
            grant("refs/heads/main", &[Permission::Release], "main-ci"),
            grant("refs/*", &[Permission::Report], "branch-ci"),
        ],
    };
    let world = World::trusting(seed, trust).await;
    world.site.set_keys(Arc::new(Shown(forge.clone())));
    (world, forge)
}

fn head(alg: &str, kid: &str) -> Value {
    json!({ "alg": alg, "kid": kid, "typ": "JWT" })
}

fn claims(world: &World) -> Value {
    let now = world.site.desk().now().as_second();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "repo:acme/planet4:ref:refs/heads/main",
        "repository": "acme/planet4", "ref": "refs/heads/main",
        "iat": now - 10, "nbf": now - 10, "exp": now + 300,
    })
}

async fn hold(world: &World, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let body = json!({ "service": "planet4", "reason": "the job says so" });
    world.post_with("/holds", &[("authorization", &bearer)], &body).await
}

#[test]
fn a_job_asks_with_the_token_of_its_forge() {
    tell(async {
        let (world, forge) = world(81).await;
        for (alg, kid) in [("ES256", "ec"), ("RS256", "rsa")] {
            let token = forge.token(&head(alg, kid), &claims(&world));
            assert_eq!(hold(&world, &token).await.is(201).json()["by"], "main-ci", "{alg}");
        }
        assert_eq!(forge.asked.load(Ordering::Relaxed), 1, "keys are remembered");
        let mut branch = claims(&world);
        branch["ref"] = json!("refs/heads/try");
        let token = forge.token(&head("ES256", "ec"), &branch);
        hold(&world, &token).await.refused(403, "not-allowed");
        let bearer = format!("Bearer {token}");
        let looks = world.request("GET", "/services", &[("authorization", &bearer)]);
        world.send(looks).await.is(200);
    });
}

#[test]
fn what_is_not_signed_by_the_issuer_is_refused() {
    tell(async {
        let (world, forge) = world(82).await;
        let right = claims(&world);
        let other = Forge::new();
        let point = forge.ec.public_key().as_ref();
        // The public key as if it were a shared secret: the oldest trick there is.
        let confused = {
            let signed = format!(
                "{}.{}",
                encoded(head("HS256", "ec").to_string()),
                encoded(right.to_string())
            );
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, point);
            format!("{signed}.{}", encoded(ring::hmac::sign(&key, signed.as_bytes())))
        };
        let altered = {
            let token = forge.token(&head("ES256", "ec"), &right);
            let mut other = right.clone();
            other["sub"] = json!("repo:acme/planet4:ref:refs/heads/other");
            let parts: Vec<&str> = token.split('.').collect();
            format!("{}.{}.{}", parts[0], encoded(other.to_string()), parts[2])
        };
        let mut critical = head("ES256", "ec");
        critical["crit"] = json!(["exp"]);
        let table = [
            ("none", forge.token(&head("none", "ec"), &right), "none"),
            ("confused", confused, "HS256"),
            ("another key", other.token(&head("ES256", "ec"), &right), "signature"),
            ("another kid", forge.token(&head("ES256", "nobody"), &right), "no key"),
            ("a key of another kind", forge.token(&head("ES256", "rsa"), &right), "signature"),
            ("a shared key", forge.token(&head("ES256", "shared"), &right), "no key"),
            ("altered", altered, "signature"),
            ("no kid", forge.token(&json!({ "alg": "ES256" }), &right), "kid"),
            ("crit", forge.token(&critical, &right), "crit"),
        ];
        for (name, token, why) in table {
            let problem = hold(&world, &token).await.refused(401, "sign-in");
            let words = problem["detail"].as_str().unwrap();
            assert!(words.contains(why), "{name}: {words}");
        }
        assert_eq!(world.get("/holds?service=planet4").await.json()["said"], json!([]));
    });
}

#[test]
fn what_is_for_others_or_another_time_is_refused() {
    tell(async {
        let (world, forge) = world(83).await;
        let now = world.site.desk().now().as_second();
        let table = [
            ("repository", json!("acme/planet4-evil"), "nothing is granted"),
            ("repository", json!("evil/planet4"), "evil/planet4"),
            ("repository", json!(["acme/planet4"]), "nothing is granted"),
            ("ref", json!("heads/main"), "nothing is granted"),
            ("ref", Value::Null, "nothing is granted"),
            ("iss", json!("https://token.evil.example"), "issuer"),
            ("iss", json!(format!("{ISSUER}/")), "issuer"),
            ("aud", json!("https://another.example"), "audience"),
            ("aud", json!([]), "audience"),
            ("exp", json!(now - 61), "over"),
            ("exp", Value::Null, "time"),
            ("exp", json!("tomorrow"), "time"),
            ("nbf", json!(now + 120), "not yet"),
            ("iat", json!(now + 120), "future"),
            ("iat", json!(now - 200_000), "day old"),
        ];
        for (claim, value, why) in table {
            let mut wrong = claims(&world);
            wrong[claim] = value.clone();
            let token = forge.token(&head("ES256", "ec"), &wrong);
            let answer = hold(&world, &token).await;
            assert_eq!(answer.status, 401, "{claim} {value}: {}", answer.text);
            let words = answer.json()["detail"].to_string();
            assert!(words.contains(why), "{claim} {value}: {words}");
        }
        let mut several = claims(&world);
        several["aud"] = json!(["https://another.example", AUDIENCE]);
        several["exp"] = json!(now - 30);
        let token = forge.token(&head("ES256", "ec"), &several);
        hold(&world, &token).await.is(201);
    });
}

#[test]
fn keys_are_asked_for_seldom_and_known_ones_outlive_an_outage() {
    tell(async {
        let (world, forge) = world(84).await;
        let token = |world: &World| forge.token(&head("ES256", "ec"), &claims(world));
        hold(&world, &token(&world)).await.is(201);
        for n in 0..10 {
            let strange = forge.token(&head("ES256", &format!("k{n}")), &claims(&world));
            hold(&world, &strange).await.refused(401, "sign-in");
        }
        assert_eq!(forge.asked.load(Ordering::Relaxed), 1, "whatever id a token names");
        tokio::time::sleep(std::time::Duration::from_secs(31)).await;
        let strange = forge.token(&head("ES256", "new"), &claims(&world));
        hold(&world, &strange).await.refused(401, "sign-in");
        assert_eq!(forge.asked.load(Ordering::Relaxed), 2, "the issuer may have new keys");
        forge.is_away.store(true, Ordering::Relaxed);
        tokio::time::sleep(std::time::Duration::from_secs(2 * 3_600)).await;
        hold(&world, &token(&world)).await.is(201);
        tokio::time::sleep(std::time::Duration::from_secs(24 * 3_600)).await;
        hold(&world, &token(&world)).await.refused(503, "unavailable");
        forge.is_away.store(false, Ordering::Relaxed);
        tokio::time::sleep(std::time::Duration::from_secs(31)).await;
        hold(&world, &token(&world)).await.is(201);
    });
}
