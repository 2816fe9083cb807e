//! One customer, and "Obtain authorization": what an installer asks them for.

use super::held::HeldLine;
use super::views::CustomerLine;
use crate::access;
use crate::access::pages::{may_words, request_state, scope_words};
use crate::authority::Permission;
use crate::customers::{read as read_customer, store};
use crate::devices::pages::PAGE;
use crate::idempotency::{self, Beginning};
use crate::portal::forms::key_of;
use crate::portal::{Complaint, Page, PageForm, Place, lead_to, show, show_with};
use crate::problem::Refusal;
use crate::server::{ApiPath, ApiQuery, CloudState};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use porchlight_protocol::access::{AskForAccess, AuthorizationRequest, RequestState};
use porchlight_protocol::customers::{Customer, CustomerPlaces, CustomerState};
use porchlight_protocol::{CustomerId, GrantId, ProblemCode, RequestId};
use serde::Deserialize;

/// Times that are offered, in seconds; others are whole days.
const TIMES: [u32; 3] = [3_600, 4 * 3_600, 24 * 3_600];

#[derive(Template)]
#[template(path = "customers/customer.html")]
struct CustomerPage<'a> {
    page: &'a Page,
    place: Place,
    line: CustomerLine,
    may_ask: bool,
    can_ask: bool,
    held: Vec<HeldLine>,
    /// Where the next page of what was held begins: before this one; none on the last.
    more: Option<GrantId>,
    requests: Vec<RequestLine>,
    places: Vec<PlaceChoice>,
    may: Vec<MayChoice>,
    times: Vec<(u32, String)>,
    form: AskForm,
    complaint: Complaint,
}

struct RequestLine {
    id: RequestId,
    scope: String,
    length: String,
    state: String,
    waits: bool,
}

/// Something that can be asked for.
struct MayChoice {
    permission: Permission,
    word: &'static str,
    is_ticked: bool,
    /// It cannot be unticked.
    is_needed: bool,
}

/// Somewhere that can be asked for.
struct PlaceChoice {
    value: String,
    word: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AskForm {
    /// `account`, `site:<id>` or `device:<id>`.
    place: String,
    #[serde(default)]
    permission: Vec<Permission>,
    /// Seconds, or `days`.
    lasts: String,
    #[serde(default)]
    days: String,
    comment: String,
    key: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Part {
    before: Option<GrantId>,
}

pub(super) async fn read(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<CustomerId>,
    ApiQuery(part): ApiQuery<Part>,
) -> Result<Response, Refusal> {
    let form = AskForm {
        place: "account".to_owned(),
        permission: Permission::ALL.iter().copied().filter(|one| one.is_ticked_at_first()).collect(),
        lasts: TIMES[1].to_string(),
        days: String::new(),
        comment: String::new(),
        key: page.form_key().to_string(),
    };
    show(&customer_page(&state, &page, (id, part), form, Complaint::default()).await?)
}

async fn customer_page<'a>(
    state: &CloudState,
    page: &'a Page,
    (id, part): (CustomerId, Part),
    form: AskForm,
    complaint: Complaint,
) -> Result<CustomerPage<'a>, Refusal> {
    let words = page.reader.words;
    let mut db = state.db.read().await?;
    let customer = read_customer(&mut db, &page.caller, id).await?;
    let row = store::customer_by_id(&mut db, id).await?.ok_or(ProblemCode::NotFound)?;
    let places = store::places(&mut db, row.organization, row.account).await?;
    let (asker, now) = (Some((page.caller.account, row.organization)), crate::now());
    let requests = access::store::requests_to(&mut db, row.account, asker, PAGE as i64, now).await?;
    let limit = (PAGE as i64 + 1, now);
    let mut held = access::store::grants_held(&mut db, id, page.caller.account, part.before, limit).await?;
    let more = (held.len() > PAGE).then(|| held[PAGE - 1].id);
    held.truncate(PAGE);
    let may = Permission::ALL.iter().copied().filter(|permission| permission.may_be_delegated());
    let may = may.map(|permission| MayChoice {
        permission,
        word: may_words(words, &[permission])[0],
        is_ticked: form.permission.contains(&permission),
        is_needed: permission == Permission::NEEDED,
    });
    Ok(CustomerPage {
        page,
        place: Place::Customers,
        line: CustomerLine::of(page, &customer),
        may_ask: super::may(&mut db, page, Permission::AccessAsk, row.organization).await?,
        can_ask: can_ask(&customer),
        held: held.iter().map(|grant| HeldLine::of(page, grant)).collect(),
        more,
        requests: requests.iter().map(|request| line(page, request)).collect(),
        places: choices(page, places),
        may: may.collect(),
        times: TIMES.map(|seconds| (seconds, page.reader.times.say_length(seconds))).to_vec(),
        form,
        complaint,
    })
}

fn can_ask(customer: &Customer) -> bool {
    customer.state == CustomerState::Confirmed
}

fn line(page: &Page, request: &AuthorizationRequest) -> RequestLine {
    let words = page.reader.words;
    RequestLine {
        id: request.id,
        scope: scope_words(words, words.scope_account_of, request.scope, request.scope_name.as_deref()),
        length: page.reader.times.say_length(request.lasts),
        state: request_state(page, request),
        waits: request.state == RequestState::Pending,
    }
}

fn choices(page: &Page, places: CustomerPlaces) -> Vec<PlaceChoice> {
    let account =
        PlaceChoice { value: "account".to_owned(), word: page.reader.words.scope_account_of.to_owned() };
    let devices = |site| places.devices.iter().filter(move |device| device.site == site);
    let sites = places.sites.iter().flat_map(|site| {
        let whole = PlaceChoice { value: format!("site:{}", site.id), word: site.name.clone() };
        let each = devices(site.id).map(|device| PlaceChoice {
            value: format!("device:{}", device.id),
            word: format!("{}: {}", site.name, device.name),
        });
        std::iter::once(whole).chain(each)
    });
    std::iter::once(account).chain(sites).collect()
}

/// Asks; a form that cannot be asked with comes back with what is wrong.
pub(super) async fn send(
    State(state): State<CloudState>,
    page: Page,
    ApiPath(id): ApiPath<CustomerId>,
    PageForm(form): PageForm<AskForm>,
) -> Result<Response, Refusal> {
    match ask_once(&state, &page, id, &form).await {
        Ok(()) => Ok(lead_to(&format!("/customers/{id}"), "asked")),
        Err(refusal) => {
            let complaint = Complaint::of_asking(&page.reader, refusal)?;
            let shown = customer_page(&state, &page, (id, Part::default()), form, complaint).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

async fn ask_once(state: &CloudState, page: &Page, id: CustomerId, form: &AskForm) -> Result<(), Refusal> {
    let wanted = wanted(form)?;
    let key = key_of(&form.key, &format!("/customers/{id}"))?;
    let mut tx = state.db.begin().await?;
    access::confirm_with_customer(&mut tx, &page.caller, id).await?;
    if let Beginning::Fresh(reservation) = idempotency::begin(&mut tx, &page.caller, &key, &wanted).await? {
        let request =
            access::ask(&mut tx, &state.key, &state.settings.asking, &page.caller, id, &wanted).await?;
        reservation.remember(&mut tx, StatusCode::SEE_OTHER.as_u16(), &request.id).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn wanted(form: &AskForm) -> Result<AskForAccess, Refusal> {
    let (site, device) = match form.place.split_once(':') {
        None if form.place == "account" => (None, None),
        Some(("site", id)) => (Some(id.parse().map_err(|_| Refusal::field("site"))?), None),
        Some(("device", id)) => (None, Some(id.parse().map_err(|_| Refusal::field("device"))?)),
        _ => return Err(Refusal::field("site")),
    };
    let number = |text: &str| text.trim().parse::<u32>().map_err(|_| Refusal::field("lasts"));
    let lasts = if form.lasts == "days" {
        number(&form.days)?.checked_mul(86_400).ok_or(Refusal::field("lasts"))?
    } else {
        number(&form.lasts)?
    };
    let (permissions, comment) = (form.permission.clone(), form.comment.clone());
    Ok(AskForAccess { site, device, permissions, lasts, comment })
}

#[cfg(test)]
mod tests {
    use super::*;
    use porchlight_protocol::SiteId;

    fn form() -> AskForm {
        AskForm {
            place: "account".into(),
            permission: vec![Permission::SiteRead],
            lasts: "3600".into(),
            days: "7".into(),
            comment: "The gate.".into(),
            key: String::new(),
        }
    }

    #[test]
    fn days_count_only_where_they_are_chosen() {
        assert_eq!(wanted(&form()).unwrap().lasts, 3_600);
        let days = |days: &str| wanted(&AskForm { lasts: "days".into(), days: days.into(), ..form() });
        assert_eq!(days("7").unwrap().lasts, 7 * 86_400);
        for wrong in ["", "-1", "x", "4294967295"] {
            assert_eq!(days(wrong).unwrap_err().problem.field.as_deref(), Some("lasts"), "{wrong}");
        }
    }

    #[test]
    fn place_is_the_account_a_site_or_a_device() {
        let of = |place: &str| wanted(&AskForm { place: place.into(), ..form() });
        let site = SiteId::mint();
        let asked = of(&format!("site:{site}")).unwrap();
        assert_eq!((asked.site, asked.device), (Some(site), None));
        assert!(of(&format!("device:{site}")).unwrap().device.is_some());
        for wrong in ["", "everything", "site:", "site:1", "gate:1"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
