//! The devices' channel, as devices that we did not write see it: Mosquitto's clients in MQTT v5 and v3.1.1
//! ([`clients`]), and bare sockets for what no client would send ([`wire`]).

mod clients;
mod tls;
mod wire;

use harness::cloud::Cloud;
use harness::key::SoftKey;
use porchlight_cloud::add_device::inventory;
use porchlight_cloud::db::Db;
use porchlight_protocol::Base64Url;
use serde_json::{Value, json};
use std::process::{Output, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};
use uuid::Uuid;

/// Both versions that the channel speaks.
pub(super) const VERSIONS: [&str; 2] = ["mqttv5", "mqttv311"];

pub(super) struct Device {
    pub(super) name: String,
    pub(super) key: SoftKey,
}

impl Device {
    /// A device that the cloud's inventory lists.
    pub(super) async fn listed(cloud: &Cloud) -> Self {
        let key = SoftKey::generate();
        let serial = Uuid::new_v4().simple().to_string()[..12].to_uppercase();
        list(cloud, &format!("acme,{serial},CAM,{},yes", Base64Url(key.public_key()).to_text())).await;
        Self { name: format!("acme.{serial}"), key }
    }

    pub(super) fn claims(&self) -> Value {
        let now = porchlight_cloud::now() / 1000;
        json!({ "sub": self.name, "aud": "porchlight.localhost", "iat": now, "exp": now + 600,
            "jti": Uuid::new_v4().simple().to_string() })
    }

    pub(super) fn token(&self) -> String {
        self.sign(&self.claims())
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        self.key.sign_token(&json!({ "typ": "JWT", "alg": "ES256" }), claims)
    }

    pub(super) fn topic(&self, rest: &str) -> String {
        format!("porchlight/1/{}/{rest}", self.name.replace('.', "/"))
    }

    pub(super) fn client(&self, program: &str, cloud: &Cloud, version: &str, token: &str) -> Command {
        let mut command = Command::new(program);
        let (host, port) = (cloud.mqtt().ip().to_string(), cloud.mqtt().port().to_string());
        command
            .args(["-h", &host, "-p", &port, "-V", version])
            .args(["-i", &self.name, "-u", &self.name, "-P", token])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Publishes once; whether the cloud acknowledged it.
    pub(super) async fn publish(&self, cloud: &Cloud, version: &str, topic: &str, more: &[&str]) -> Output {
        let mut command = self.client("mosquitto_pub", cloud, version, &self.token());
        finish(command.args(["-t", topic]).args(more)).await
    }

    pub(super) async fn try_token(&self, cloud: &Cloud, version: &str, token: &str) -> Output {
        let mut command = self.client("mosquitto_pub", cloud, version, token);
        finish(command.args(["-t", &self.topic("up/other"), "-m", "{}", "-q", "1"])).await
    }

    /// Subscribes, and stays for at most five seconds.
    pub(super) fn subscribe(&self, cloud: &Cloud, version: &str, topic: &str) -> Child {
        let mut command = self.client("mosquitto_sub", cloud, version, &self.token());
        command
            .args(["-t", topic, "-q", "1", "-W", "5", "-d"])
            .spawn()
            .expect("mosquitto-clients is installed")
    }

    /// Waits until the cloud's presence row says so.
    pub(super) async fn wait_online(&self, cloud: &Cloud, online: bool) -> bool {
        let db = Db::open(&cloud.settings.database).await.unwrap();
        for _ in 0..300 {
            let (maker, serial) = self.name.split_once('.').unwrap();
            let there: Option<Option<String>> =
                sqlx::query_scalar("SELECT connection_id FROM presence WHERE maker = $1 AND serial = $2")
                    .bind(maker)
                    .bind(serial)
                    .fetch_optional(&mut *db.read().await.unwrap())
                    .await
                    .unwrap();
            if there.flatten().is_some() == online {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }
}

/// Adds a line to the cloud's inventory.
async fn list(cloud: &Cloud, line: &str) {
    let db = Db::open(&cloud.settings.database).await.unwrap();
    let file = format!("{}\n{line}\n", inventory::HEADER.join(","));
    inventory::add(&db, file.as_bytes()).await.unwrap();
}

pub(super) async fn finish(command: &mut Command) -> Output {
    let output = command.output();
    let output = tokio::time::timeout(Duration::from_secs(15), output).await.expect("the client ends");
    output.expect("mosquitto-clients is installed")
}

pub(super) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).to_lowercase()
        + &String::from_utf8_lossy(&output.stdout).to_lowercase()
}
