//! An installer works in a customer's account: request, consent, link, a device added, who did what, the end.

use crate::journey::finish;
use crate::screen;
use crate::telling::Telling;
use harness::app_words::english;
use harness::browser::Browser;
use harness::cloud::Cloud;
use harness::field_device::FieldDevice;
use harness::phone::{AddingWatch, DelegatedWatch, Phone};
use porchlight_cloud::people;
use porchlight_core::access::{DelegatedState, GrantSide};
use porchlight_core::add_device::DevicePassword;
use porchlight_core::handoff::HandoffState;
use porchlight_core::words::{AuthorizationRequest, Grant, OrganizationKind, Section};
use porchlight_core::{Error, NotAllowedReason};
use porchlight_protocol::SiteId;
use porchlight_protocol::history::Act;
use std::time::{Duration, Instant};

const COMPANY: &str = "Bright Solar";
const KIM: &str = "Kim Lee";

/// Whoever takes part: the homeowner, and an installer with both apps on one phone.
pub struct Parts<'a> {
    pub cloud: &'a Cloud,
    pub kim: &'a Phone,
    pub kims_email: &'a str,
    pub ana: Phone,
    pub anas_email: &'a str,
    pub site: SiteId,
    /// What Ana adds, and its password.
    pub device: (&'a FieldDevice, &'a str),
}

/// Plays it; nothing that went wrong is hidden, and what builds on it is left out.
pub async fn play(telling: &mut Telling, parts: Parts<'_>) -> Option<()> {
    telling.chapter("An installer asks to work in Kim's account, and Kim consents");
    let request = asks(telling, &parts).await?;
    let grant = consents(telling, &parts, &request).await?;
    telling.chapter("Ana works in Kim's account, from the link of her own phone");
    let there = parts.ana.second_app("customer-demo").await;
    opens(telling, &parts.ana, &there, &grant).await?;
    adds(telling, &there, &parts).await?;
    telling.chapter("Kim sees who did what, and ends it");
    history(telling, parts.kim).await?;
    ends(telling, parts.kim, &there, &grant).await
}

/// What came of it, told if nothing did.
fn told<T>(telling: &mut Telling, outcome: Result<T, Error>) -> Option<T> {
    outcome.inspect_err(|error| telling.expect(false, format!("{error:?}"))).ok()
}

async fn asks(telling: &mut Telling, parts: &Parts<'_>) -> Option<AuthorizationRequest> {
    telling.step(format!("{COMPANY} takes Ana in; she adds Kim as a customer, by address"));
    let db = parts.cloud.db().await;
    let founded = people::add(&db, OrganizationKind::Partner, COMPANY, parts.anas_email).await;
    let customer = told(telling, parts.ana.add_customer(parts.kims_email).await)?;
    telling.expect(founded.is_ok(), english("customer_waiting", &[]));
    telling.step("Kim confirms in the app");
    telling.screen(english("offer_who", &[COMPANY]));
    told(telling, parts.kim.accept_offer().await)?;
    telling.expect(true, english("offer_accept", &[]));
    telling.step("Ana asks for everything but live pictures, for four hours");
    let request = told(telling, parts.ana.ask_for_access(customer.id).await)?;
    telling.expect(true, english("customer_asked", &[]));
    Some(request)
}

/// On the portal's page, as a browser without scripts: what was shown is what is granted.
async fn consents(telling: &mut Telling, parts: &Parts<'_>, request: &AuthorizationRequest) -> Option<Grant> {
    telling.step("Kim signs in to the portal, reads the request and consents there, for one hour");
    let mut kim = Browser::new(parts.cloud);
    kim.sign_in(parts.kims_email, harness::api::PASSWORD).await;
    let title =
        english("request_who", &[&full_name(&request.actor.given_name, &request.actor.family_name), COMPANY]);
    let page = kim.get("/access").await.text;
    let is_shown = page.contains(&title) && page.contains(&request.comment);
    telling.screen(format!("{title}: \"{}\"", request.comment));
    let [terms, key] = ["terms", "key"].map(|name| hidden_field(&page, name).unwrap_or_default());
    let form = [("terms", terms), ("lasts", "3600"), ("key", key)];
    let said = kim.post(&format!("/requests/{}/consent", request.id), &form).await;
    telling.expect(is_shown && said.location() == "/access?said=granted", "consented, for an hour");
    let grants = parts.kim.profile().grants();
    told(telling, grants.refresh().await)?;
    told(telling, grants.window(GrantSide::Given, false, 0, 10).await)?.items.pop()
}

/// What a form of the page carries under this name.
fn hidden_field<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!(r#"name="{name}" value=""#))?;
    rest.split('"').next()
}

async fn opens(telling: &mut Telling, partner: &Phone, there: &Phone, grant: &Grant) -> Option<()> {
    telling.step(
        "Taps \"Link\": the partner app leaves a verifier, and opens the customer app with a one-time code",
    );
    let link = told(telling, partner.link(grant.id).await)?;
    let handoff = there.app().handoff();
    told(telling, handoff.take_link(link).await)?;
    let asked = matches!(handoff.state(), HandoffState::Confirm { .. });
    let actor = full_name(&grant.actor.given_name, &grant.actor.family_name);
    telling.expect(asked, english("handoff_who", &[&actor, COMPANY, KIM]));
    telling.step("One tap");
    told(telling, handoff.confirm().await)?;
    let opened = matches!(handoff.state(), HandoffState::Opened { .. });
    telling.expect(opened, english("acting_banner", &[KIM, COMPANY, &screen::time_words(grant.expires_at)]));
    opened.then_some(())
}

async fn adds(telling: &mut Telling, there: &Phone, parts: &Parts<'_>) -> Option<()> {
    let (device, password) = parts.device;
    telling.step(format!("Types {} at Kim's Lake house", device.name().serial));
    let profile = there.customers_profile();
    told(telling, profile.sites().refresh().await)?;
    let flow = told(telling, profile.add_device(Section::Video, parts.site).await)?;
    let mut watch = AddingWatch::of(&flow);
    flow.read_text(device.name().serial.as_str());
    told(telling, flow.confirm_serial(device.name().serial.as_str()).await)?;
    telling.expect(true, "confirmed");
    finish(telling, &flow, &mut watch, "Boathouse", DevicePassword::Known(password.into())).await;
    Some(())
}

async fn history(telling: &mut Telling, kim: &Phone) -> Option<()> {
    telling.step(english("history_title", &[]));
    let page = told(telling, kim.profile().history().page(None, None, 4).await)?;
    for act in &page.acts {
        telling.screen(screen::act_words(act));
    }
    let added = page.acts.iter().any(|act| is_by_company(act) && act.what == "device.added");
    telling.expect(added, "the installer's act names the installer and the company");
    Some(())
}

fn is_by_company(act: &Act) -> bool {
    act.company.as_ref().is_some_and(|company| company.name == COMPANY)
}

async fn ends(telling: &mut Telling, kim: &Phone, there: &Phone, grant: &Grant) -> Option<()> {
    let profile = there.customers_profile();
    let mut watch = DelegatedWatch::of(there);
    telling.step(format!("Taps \"{}\"", english("grant_end", &[])));
    told(telling, kim.profile().grants().end(grant.id).await)?;
    let answered = Instant::now();
    watch.until(|state| matches!(state, DelegatedState::Ended { .. })).await;
    let took = answered.elapsed();
    telling.screen(english("acting_ended_title", &[KIM]));
    telling.expect(
        took < Duration::from_secs(1),
        format!("Ana's phone knew {} ms after the answer", took.as_millis()),
    );
    telling.step("Ana's next act");
    let next = profile.sites().make("Boat", "", "Europe/Berlin").await;
    let refused = matches!(next, Err(Error::NotAllowed { reason: NotAllowedReason::AccessEnded }));
    telling.expect(refused, english("error_access_ended", &[]));
    Some(())
}

fn full_name(given_name: &str, family_name: &str) -> String {
    format!("{given_name} {family_name}")
}
