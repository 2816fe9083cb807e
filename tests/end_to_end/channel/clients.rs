//! Mosquitto's clients.

use super::{Device, VERSIONS, finish, said};
use harness::cloud::Cloud;
use harness::key::SoftKey;
use std::time::{Duration, Instant};
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listed_device_connects_and_is_acknowledged_in_both_versions() {
    let cloud = Cloud::start().await;
    let device = Device::listed(&cloud).await;
    for version in VERSIONS {
        for quality in ["0", "1"] {
            let more = ["-m", r#"{"revision":1,"new":[]}"#, "-q", quality];
            let output = device.publish(&cloud, version, &device.topic("up/settled"), &more).await;
            assert!(output.status.success(), "{version} {quality}: {}", said(&output));
        }
    }
    assert!(device.wait_online(&cloud, false).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_token_and_unknown_device_are_refused_alike() {
    let cloud = Cloud::start().await;
    let device = Device::listed(&cloud).await;
    let stranger = Device { name: "acme.NOBODY-1".to_owned(), key: SoftKey::generate() };
    let impostor = Device { name: device.name.clone(), key: SoftKey::generate() };
    let mut other_service = device.claims();
    other_service["aud"] = "other.example".into();
    let mut too_long = device.claims();
    too_long["exp"] = (porchlight_cloud::now() / 1000 + 3600).into();
    for version in VERSIONS {
        let mut words = Vec::new();
        for (who, token) in [
            (&device, device.sign(&other_service)),
            (&device, device.sign(&too_long)),
            (&device, "no.token.atall".to_owned()),
            (&device, String::new()),
            (&impostor, impostor.token()),
            (&stranger, stranger.token()),
        ] {
            let output = who.try_token(&cloud, version, &token).await;
            assert!(!output.status.success(), "{version}: {token}");
            words.push(said(&output));
        }
        assert!(words[0].contains("not authori"), "{version}: {}", words[0]);
        assert!(words.iter().all(|word| *word == words[0]), "{version}: {words:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn token_counts_once() {
    let cloud = Cloud::start().await;
    let device = Device::listed(&cloud).await;
    let token = device.token();
    assert!(device.try_token(&cloud, "mqttv5", &token).await.status.success());
    let again = device.try_token(&cloud, "mqttv5", &token).await;
    assert!(said(&again).contains("not authori"), "{}", said(&again));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn name_must_be_the_same_everywhere() {
    let cloud = Cloud::start().await;
    let (device, other) = (Device::listed(&cloud).await, Device::listed(&cloud).await);
    for (id, user) in [(&other.name, &device.name), (&device.name, &other.name)] {
        let mut command = Command::new("mosquitto_pub");
        command
            .args(["-h", "127.0.0.1", "-p", &cloud.mqtt().port().to_string(), "-V", "mqttv5"])
            .args(["-i", id, "-u", user, "-P", &device.token()])
            .args(["-t", &device.topic("up/other"), "-m", "{}", "-q", "1"]);
        assert!(!finish(&mut command).await.status.success(), "{id} as {user}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_topics_are_closed_in_both_versions() {
    let cloud = Cloud::start().await;
    let (device, other) = (Device::listed(&cloud).await, Device::listed(&cloud).await);
    for version in VERSIONS {
        for topic in [other.topic("up/settled"), device.topic("down/bind"), "porchlight/1/all".to_owned()] {
            let output = device.publish(&cloud, version, &topic, &["-m", "{}", "-q", "1"]).await;
            assert!(!output.status.success(), "{version} published to {topic}: {}", said(&output));
        }
        for topic in
            [other.topic("down/#"), "#".to_owned(), device.topic("#"), "porchlight/1/+/+/down/#".into()]
        {
            let output = device.subscribe(&cloud, version, &topic).wait_with_output().await.unwrap();
            let words = said(&output);
            let refused = words.contains("all subscription requests were denied") || words.contains("135");
            assert!(refused, "{version} subscribed to {topic}: {words}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retained_and_exactly_once_are_refused() {
    let cloud = Cloud::start().await;
    let device = Device::listed(&cloud).await;
    let topic = device.topic("up/settled");
    for version in VERSIONS {
        for more in [&["-m", "{}", "-q", "1", "-r", "-d"][..], &["-m", "{}", "-q", "2", "-d"][..]] {
            let output = device.publish(&cloud, version, &topic, more).await;
            // A v5 client knows from our welcome that it must not, and does not.
            let words = said(&output);
            let kept = version == "mqttv5" && !words.contains(", r1,") && !words.contains(", q2,");
            assert!(kept || !output.status.success(), "{version} {more:?}: {words}");
        }
    }
    let will = ["-m", "{}", "-q", "1", "--will-topic", &topic, "--will-payload", "gone", "--will-retain"];
    assert!(!device.publish(&cloud, "mqttv5", &topic, &will).await.status.success());
    let ignored = &will[..will.len() - 1];
    assert!(device.publish(&cloud, "mqttv5", &topic, ignored).await.status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_connection_closes_the_first() {
    let cloud = Cloud::start().await;
    for version in VERSIONS {
        let device = Device::listed(&cloud).await;
        let first = device.subscribe(&cloud, version, &device.topic("down/#"));
        assert!(device.wait_online(&cloud, true).await);
        let began = Instant::now();
        let mut second = device.subscribe(&cloud, version, &device.topic("down/#"));
        // In v5 it is told "session taken over" (142). In v3.1.1 the connection ends; the client comes back with its
        // used token, and gives up when that is refused.
        let first = first.wait_with_output().await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(4), "{version}: the first stayed");
        let told = if version == "mqttv5" { "received disconnect (142)" } else { "not authori" };
        assert!(said(&first).contains(told), "{version}: {}", said(&first));
        assert!(second.try_wait().unwrap().is_none(), "{version}: the second ended too");
        assert!(
            device.wait_online(&cloud, true).await,
            "{version}: the first took the second's presence with it"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn device_is_offline_when_its_connection_breaks() {
    let cloud = Cloud::start().await;
    let device = Device::listed(&cloud).await;
    let mut client = device.subscribe(&cloud, "mqttv5", &device.topic("down/#"));
    assert!(device.wait_online(&cloud, true).await);
    client.kill().await.unwrap();
    assert!(device.wait_online(&cloud, false).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_in_a_message_is_acknowledged_and_changes_nothing() {
    let cloud = Cloud::start().await;
    let device = Device::listed(&cloud).await;
    let deep = "[".repeat(8_000);
    for garbage in ["", "{", "null", "\u{1}\u{2}", r#"{"claim":"x","attempt":-1}"#, &deep] {
        for kind in ["up/challenge", "up/proven", "up/bound", "up/refused", "up/settled", "up/released"] {
            let mut command = device.client("mosquitto_pub", &cloud, "mqttv5", &device.token());
            if kind != "up/settled" && garbage != "{" {
                continue;
            }
            command.args(["-t", &device.topic(kind), "-q", "1", "-m", garbage]);
            let output = finish(&mut command).await;
            assert!(output.status.success(), "{kind} {garbage}: {}", said(&output));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn device_that_says_too_much_is_sent_away() {
    let cloud = Cloud::start().await;
    let device = Device::listed(&cloud).await;
    let mut command = device.client("mosquitto_pub", &cloud, "mqttv5", &device.token());
    let more = ["-t", &device.topic("up/other"), "-m", "{}", "-q", "1", "--repeat", "200"];
    let output = finish(command.args(more)).await;
    assert!(!output.status.success(), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_sends_devices_away_and_marks_them_offline() {
    let mut cloud = Cloud::start().await;
    let device = Device::listed(&cloud).await;
    let _client = device.subscribe(&cloud, "mqttv5", &device.topic("down/#"));
    assert!(device.wait_online(&cloud, true).await);
    let began = Instant::now();
    cloud.pause().await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(device.wait_online(&cloud, false).await);
}
