//! Every page in the table of doors, asked for by somebody who is signed in and whose thing it is not: it is not there,
//! and stays as it was.

use super::doors::{named, pages};
use super::*;
use crate::routes::content::settled;
use harness::on_both_engines;
use porchlight_cloud::authority::doors::Door;
use porchlight_protocol::people::Role;

const KEY: &str = "0123456789abcdef";

/// What a form of ours sends there.
fn fields(house: &House, path: &str) -> Vec<(&'static str, String)> {
    let key = ("key", KEY.to_owned());
    match path {
        "/customers/{id}" => vec![
            ("place", "account".into()),
            ("permission", "site.read".into()),
            ("lasts", "3600".into()),
            ("comment", String::new()),
            key,
        ],
        "/devices/{id}" => vec![("name", "Mine".into())],
        "/sites/{id}" => vec![("name", "Mine".into()), ("address", String::new())],
        "/requests/{id}/consent" => vec![("terms", text(&house.request["terms"])), key],
        "/offers/{id}/accept" => vec![("keep", "yes".into()), key],
        "/requests/{id}/decline" | "/offers/{id}/refuse" => vec![key],
        "/devices/{id}/release"
        | "/grants/{id}/end"
        | "/requests/{id}/withdraw"
        | "/sessions/{id}/end"
        | "/blocked/{id}/end" => vec![],
        _ => panic!("{path}: say what its form sends"),
    }
}

async fn ask(house: &House, who: &Browser, method: &str, path: &str) -> harness::browser::PageAnswer {
    let (_, id) = house.id_for(path);
    if method == "GET" {
        return who.get(&named(path, &id)).await;
    }
    let fields = fields(house, path);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    who.post(&named(path, &id), &fields).await
}

/// What is the partner's as well as the customer's.
const BOTHS: [&str; 2] = ["/grants/{id}/end", "/requests/{id}/withdraw"];

on_both_engines! {
    async fn what_is_somebody_elses_is_not_there(database: Database) {
        let db = database.open().await;
        let house = House::new(database).await;
        let (eve, installer) = Browser::with_account(&house.cloud, "eve@example.org").await;
        Firm::of(&house.cloud, "Dim Solar", "eve@example.org", installer).await;
        house.firm.colleague(&house.cloud, "bo@example.org", Role::Viewer).await;
        let mut colleague = Browser::new(&house.cloud);
        assert_eq!(colleague.sign_in("bo@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
        let before = settled(&db).await;
        let mut asked = 0;
        for (method, path, door) in pages() {
            if !path.contains("{id}") {
                continue;
            }
            assert_eq!(door, Door::Own, "{method} {path}");
            let customers = path.starts_with("/customers");
            for (who, name) in [(&eve, "a stranger"), (&house.ana, "the partner"), (&colleague, "a colleague"), (&house.kim, "the customer")] {
                let status = match name {
                    "the partner" if customers || BOTHS.contains(&path) => continue,
                    "the customer" if !customers && path != "/requests/{id}/withdraw" => continue,
                    // A viewer sees customers. A link is whose grant it is.
                    "a colleague" if (method, path) == ("GET", "/customers/{id}") => StatusCode::OK,
                    "a colleague" if (method, path) == ("POST", "/customers/{id}") => StatusCode::FORBIDDEN,
                    _ => StatusCode::NOT_FOUND,
                };
                let answer = ask(&house, who, method, path).await;
                assert_eq!(answer.status, status, "{name}: {method} {path}: {}", answer.text);
                asked += 1;
            }
        }
        assert!(asked > 40, "only {asked} requests");
        assert_eq!(settled(&db).await, before);

    }

    async fn page_without_an_id_says_nothing_of_what_is_somebody_elses(database: Database) {
        let db = database.open().await;
        let house = House::new(database).await;
        let (eve, installer) = Browser::with_account(&house.cloud, "eve@example.org").await;
        Firm::of(&house.cloud, "Dim Solar", "eve@example.org", installer).await;
        let before = settled(&db).await;
        let organization = house.firm.organization.to_string();
        let questions = [("organization", &organization), ("site", &house.site), ("grant", &house.grant), ("section", &"video".into())];
        let hidden = [&house.site, &house.device, &house.customer, &house.grant, &house.offer, &house.session];
        for (method, path, _) in pages().into_iter().filter(|(_, path, door)| *door == Door::Own && !path.contains('{')) {
            match (method, path) {
                ("GET", _) => {
                    let asked = questions.iter().map(|(name, value)| format!("{path}?{name}={value}"));
                    for asked in std::iter::once(path.to_owned()).chain(asked) {
                        let said = eve.get(&asked).await;
                        // Without what was asked for, which a link to the next page may repeat.
                        let said = said.text.replace(&asked.replace('&', "&amp;"), "");
                        assert!(!said.contains("Lake house") && !said.contains("kim@example.org"), "{asked}: {said}");
                        let told = hidden.iter().find(|id| said.contains(**id) && !asked.contains(**id));
                        assert_eq!(told, None, "{asked}: {said}");
                    }
                }
                ("POST", "/customers") => {
                    let added = [("organization", &*organization), ("email", "new@example.org"), ("given_name", "N"),
                        ("family_name", "W"), ("language", "en"), ("key", KEY)];
                    assert_eq!(eve.post(path, &added).await.status, StatusCode::NOT_FOUND);
                }
                // Their forms name nothing that is there already.
                ("POST", "/sites" | "/sign-out") => {}
                _ => panic!("{method} {path}: say what of somebody else's it can name"),
            }
        }
        assert_eq!(settled(&db).await, before);
    }
}
