//! The cloud and the devices that orders are about.

use crate::orders::Order;
use crate::partner::Partner;
use harness::api::{Api, PASSWORD};
use harness::cloud::Cloud;
use harness::field_device::{CloudAddress, FieldDevice, Options, inventory_file};
use harness::phone::adding::until_end;
use harness::phone::{AddingWatch, MAKER, Phone};
use harness::pictures::{Shot, photograph_luma};
use porchlight_core::add_device::{AddDeviceState, DetailsEdit, DevicePassword};
use porchlight_protocol::devices::Section;
use porchlight_protocol::{DeviceName, SiteId};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sqlx::Any;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use std::collections::HashMap;
use std::time::Duration;
use tempfile::TempDir;

/// How long a device may take to connect.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the cloud waits for a device; people get two minutes.
const CLAIM_WINDOW: Duration = Duration::from_secs(5);
/// How many customers a company can have, none of whom answers.
const CUSTOMERS: u32 = 1_000;
const MODEL: &str = "LX-4";

/// All that stands on the stage.
pub struct World {
    cloud: Cloud,
    devices: HashMap<String, FieldDevice>,
    /// How many mails to an address were handed out already.
    seen: HashMap<String, usize>,
    pictures: TempDir,
    partner: Option<Partner>,
}

impl World {
    pub async fn begin() -> Self {
        let cloud = Cloud::start_with(None, |settings| {
            settings.claim_window = CLAIM_WINDOW;
            // Companies on the stage have had years to find their customers.
            settings.customers_per_day = CUSTOMERS;
            settings.customers_waiting = CUSTOMERS;
        })
        .await;
        let pictures = tempfile::tempdir().expect("a temporary folder");
        Self { cloud, devices: HashMap::new(), seen: HashMap::new(), pictures, partner: None }
    }

    pub async fn end(&mut self) {
        self.devices.clear();
        self.cloud.pause().await;
    }

    /// What an app's configuration needs.
    pub fn places(&self) -> Value {
        json!({ "cloud": self.cloud.url(""), "link_host": self.cloud.settings.link_host.as_str(), "maker": MAKER })
    }

    /// Does it; the answer, or why it cannot be done.
    pub async fn obey(&mut self, order: Order) -> Result<Value, String> {
        match order {
            Order::Device { password, claim_code, on } => self.make(password, claim_code, on).await,
            Order::SwitchOn { serial } => self.switch_on(&serial).await,
            Order::SwitchOff { serial } => {
                self.device(&serial)?.stop().await;
                Ok(json!({}))
            }
            Order::PressButton { serial } => {
                self.device(&serial)?.press_button();
                Ok(json!({}))
            }
            Order::Code { email } => self.code(email).await,
            Order::Account { email } => {
                Api::new(&self.cloud).register(&self.cloud, &email).await;
                Ok(json!({ "password": PASSWORD }))
            }
            Order::Own { serial, password } => self.own(&serial, password).await,
            Order::Home { email } => self.make_home(&email).await,
            Order::Partner { company, email } => {
                self.partner = Some(Partner::new(&self.cloud, &company, &email).await);
                Ok(json!({ "password": PASSWORD }))
            }
            Order::Join { email, role } => {
                let db = self.cloud.db().await;
                self.partner()?.join(&db, &email, role).await
            }
            Order::Leave { email } => {
                let db = self.cloud.db().await;
                self.partner()?.leave(&db, &email).await
            }
            Order::Add { email, given_name, family_name } => {
                Ok(self.partner()?.add(&email, [&given_name, &family_name]).await)
            }
            Order::Prepare { email, site } => {
                let partner = self.partner.as_mut().ok_or("there is no partner")?;
                Ok(partner.prepare(&self.cloud, &email, &site).await)
            }
            Order::Customer { email } => self.partner()?.win(&email).await,
            Order::Ask { email, hours, comment } => self.partner()?.ask(&email, hours, comment).await,
            Order::SpeakGerman { email } => {
                let german = "UPDATE account SET language = 'de' WHERE email = $1";
                self.sql(sqlx::query(german).bind(email)).await
            }
            Order::LetRequestsExpire => {
                let over = "UPDATE authorization_request SET expires_at = $1 WHERE state = 'pending'";
                self.sql(sqlx::query(over).bind(porchlight_cloud::now())).await
            }
            Order::LetCodesExpire => {
                let over = "UPDATE handoff SET expires_at = $1 WHERE used_at IS NULL";
                self.sql(sqlx::query(over).bind(porchlight_cloud::now())).await
            }
            Order::CloudOff => {
                self.cloud.pause().await;
                Ok(json!({}))
            }
            Order::CloudOn => {
                self.cloud.resume().await;
                Ok(json!({}))
            }
        }
    }

    /// What a person cannot do on the stage, or would have to wait for.
    async fn sql(&self, change: Query<'_, Any, AnyArguments>) -> Result<Value, String> {
        let mut tx = self.cloud.db().await.begin().await.map_err(|error| error.to_string())?;
        change.execute(&mut *tx).await.map_err(|error| error.to_string())?;
        tx.commit().await.map_err(|error| error.to_string())?;
        Ok(json!({}))
    }

    fn partner(&mut self) -> Result<&mut Partner, String> {
        self.partner.as_mut().ok_or_else(|| "there is no partner".to_owned())
    }

    /// An account as somebody has it who used the app for a while.
    async fn make_home(&mut self, email: &str) -> Result<Value, String> {
        let said = |error: porchlight_core::Error| error.to_string();
        let phone = Phone::with_account(&self.cloud, email).await;
        let site =
            phone.profile().sites().make("Lake house", "Seeweg 3", "Europe/Vienna").await.map_err(said)?;
        let rooms = [("Gate", Section::Video), ("Garage", Section::Energy), ("Boat house", Section::Video)];
        for (name, section) in rooms {
            let device = self.make(Some("porch lantern 7".to_owned()), false, true).await?;
            let serial = device["serial"].as_str().unwrap_or_default().to_owned();
            let adding = Adding { site: site.id, section, name };
            add_with(&phone, &serial, "porch lantern 7", adding).await?;
            if name == "Boat house" {
                self.device(&serial)?.stop().await;
            }
        }
        Ok(json!({ "password": PASSWORD }))
    }

    fn device(&mut self, serial: &str) -> Result<&mut FieldDevice, String> {
        self.devices.get_mut(serial).ok_or_else(|| format!("no device is called {serial}"))
    }

    async fn make(&mut self, password: Option<String>, claim_code: bool, on: bool) -> Result<Value, String> {
        let serial = format!("LX4-{:05}", self.devices.len() + 1);
        let maker = MAKER.parse().expect("a maker");
        let name = DeviceName { maker, serial: serial.parse().expect("a serial") };
        let mut options = Options::new(name, MODEL.parse().expect("a model"));
        if let Some(password) = &password {
            options = options.with_password(password);
        }
        if claim_code {
            options = options.with_new_claim_code();
        }
        let device = FieldDevice::build(options);
        self.cloud.add_inventory(&inventory_file([&device])).await;
        let described = self.describe(&device)?;
        self.devices.insert(serial.clone(), device);
        if on {
            self.switch_on(&serial).await?;
        }
        Ok(described)
    }

    /// What is printed on a device, as text, as a photograph, and as a camera's frame.
    fn describe(&self, device: &FieldDevice) -> Result<Value, String> {
        let serial = device.name().serial.as_str();
        // Exposed: this is what the label on the device shows to whoever stands before it.
        let label = device.label().expose_secret().to_owned();
        let claim_code = device.claim_code().map(|code| code.secret().expose_secret().to_owned());
        let seed = self.devices.len() as u64 + 7;
        let photograph = photograph_luma(&[&label], &Shot::by_hand(seed));
        let (picture, frame) = (
            self.pictures.path().join(format!("{serial}.png")),
            self.pictures.path().join(format!("{serial}.luma")),
        );
        std::fs::write(&picture, photograph.png()).map_err(|error| error.to_string())?;
        std::fs::write(&frame, &photograph.pixels).map_err(|error| error.to_string())?;
        Ok(json!({
            "serial": serial, "model": MODEL, "label": label, "claim_code": claim_code, "picture": picture,
            "frame": { "path": frame, "width": photograph.width, "height": photograph.height },
        }))
    }

    async fn switch_on(&mut self, serial: &str) -> Result<Value, String> {
        let address =
            CloudAddress::plain(self.cloud.http(), self.cloud.mqtt(), self.cloud.settings.link_host.clone());
        let device = self.device(serial)?;
        device.switch_on(&address);
        match device.wait_online(PATIENCE).await {
            true => Ok(json!({})),
            false => Err(format!("{serial} did not connect: {:?}", device.last_loss())),
        }
    }

    async fn code(&mut self, email: String) -> Result<Value, String> {
        let seen = self.seen.entry(email.clone()).or_default();
        let mail = self.cloud.mail_to(&email, *seen).await;
        *seen += 1;
        Ok(json!({ "code": mail.code() }))
    }

    async fn own(&mut self, serial: &str, password: String) -> Result<Value, String> {
        let said = |error: porchlight_core::Error| error.to_string();
        let email = format!("owner-of-{}@example.org", serial.to_lowercase());
        let phone = Phone::with_account(&self.cloud, &email).await;
        let site = phone.profile().sites().make("Theirs", "", "Europe/Vienna").await.map_err(said)?;
        add_with(&phone, serial, &password, Adding { site: site.id, section: Section::Video, name: "Theirs" })
            .await
    }
}

/// Where a device goes, and what it is called.
struct Adding<'a> {
    site: SiteId,
    section: Section,
    name: &'a str,
}

/// Adds a device with a phone, to the end.
async fn add_with(phone: &Phone, serial: &str, password: &str, adding: Adding<'_>) -> Result<Value, String> {
    let said = |error: porchlight_core::Error| error.to_string();
    let flow = phone.profile().add_device(adding.section, adding.site).await.map_err(said)?;
    let mut watch = AddingWatch::of(&flow);
    flow.read_text(serial);
    flow.confirm_serial(serial).await.map_err(said)?;
    flow.edit_details(DetailsEdit::Name(adding.name.into()));
    flow.add(DevicePassword::Known(password.into())).await.map_err(said)?;
    match until_end(&mut watch, |_| {}).await {
        AddDeviceState::Added { .. } => Ok(json!({})),
        state => Err(format!("{state:?}")),
    }
}
