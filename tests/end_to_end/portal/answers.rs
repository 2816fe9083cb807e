//! What people do on pages: ask, answer, end; each counts once, and comes back with what is wrong.

use super::*;
use harness::on_both_engines;

on_both_engines! {
    async fn consent_names_the_terms_that_were_shown_and_counts_once(database: Database) {
        let house = House::new(database).await;
        let request = text(&house.request["id"]);
        let shown = house.kim.get("/access").await.text;
        let terms = text(&house.request["terms"]);
        assert!(shown.contains(&format!(r#"name="terms" value="{terms}""#)), "{shown}");
        let path = format!("/requests/{request}/consent");
        let other = terms.chars().rev().collect::<String>();
        let key = "0123456789abcdef";
        let differs = house.kim.post(&path, &[("terms", &other), ("key", key)]).await;
        assert!(differs.status.is_client_error(), "{}", differs.status);
        let longer = house.kim.post(&path, &[("terms", &terms), ("lasts", "7200"), ("key", key)]).await;
        assert_eq!(longer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for _ in 0..2 {
            let said = house.kim.post(&path, &[("terms", &terms), ("lasts", ""), ("key", key)]).await;
            assert_eq!((said.status, said.location()), (StatusCode::SEE_OTHER, "/access?said=granted"));
        }
        let access = house.kim.get("/access").await.text;
        assert_eq!(access.matches("End access now").count(), 2, "the one before, and this one once");
        assert_eq!(access.matches("On what: Your whole account").count(), 2);
        let history = house.kim.get("/history").await.text;
        assert!(history.contains("granted access to Kim Lee of Bright Solar"), "{history}");
        let history = house.ana.get("/history").await.text;
        assert!(history.contains("gave you a role at Bright Solar"), "{history}");
    }

    async fn request_that_waits_is_shown_however_much_came_after_it(database: Database) {
        let house = House::new(database).await;
        let (db, waiting) = (house.cloud.db().await, text(&house.request["id"]));
        let mut tx = db.begin().await.unwrap();
        // Answered ones, and those that the customer made: newer, and more than a page has.
        for (state, actor, subject) in [("declined", "actor_id", "subject_id"), ("pending", "subject_id", "actor_id")] {
            for _ in 0..60 {
                let sql = format!(
                    "INSERT INTO authorization_request (id, organization_id, actor_id, subject_id, scope_kind, permissions, \
                       lasts, comment, terms, state, created_at, expires_at) \
                     SELECT $1, organization_id, {actor}, {subject}, scope_kind, permissions, lasts, 'newer', terms, \
                       '{state}', created_at, expires_at FROM authorization_request WHERE id = $2"
                );
                let id = uuid::Uuid::now_v7().to_string();
                sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).bind(&waiting).execute(&mut *tx).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        let access = house.kim.get("/access").await.text;
        assert!(access.contains(&format!("/requests/{waiting}/consent")), "{access}");
        assert_eq!(access.matches("asks to work in your account").count(), 1);
        let page = house.ana.get(&format!("/customers/{}", house.customer)).await.text;
        assert!(page.contains(&format!("/requests/{waiting}/withdraw")), "{page}");
    }

    async fn all_access_that_is_over_can_be_read_page_by_page_and_what_is_in_force_is_on_each(database: Database) {
        let house = House::new(database).await;
        let db = house.cloud.db().await;
        let mut tx = db.begin().await.unwrap();
        let mut over = Vec::new();
        for _ in 0..120 {
            let id = uuid::Uuid::now_v7().to_string();
            sqlx::query(
                "INSERT INTO access_grant (id, organization_id, actor_id, subject_id, permissions, starts_at, expires_at, \
                   ended_at, ended_why) \
                 SELECT $1, organization_id, actor_id, subject_id, permissions, starts_at, expires_at, expires_at, \
                   'released' FROM access_grant WHERE id = $2",
            )
            .bind(&id)
            .bind(&house.grant)
            .execute(&mut *tx)
            .await
            .unwrap();
            let scope = "INSERT INTO grant_scope (grant_id, kind, resource_id) VALUES ($1, 'account', '')";
            sqlx::query(scope).bind(&id).execute(&mut *tx).await.unwrap();
            over.push(id);
        }
        tx.commit().await.unwrap();
        let (mut next, mut read, mut pages) = (Some("/access".to_owned()), String::new(), 0);
        while let Some(path) = next {
            let shown = house.kim.get(&path).await.text;
            assert!(shown.contains(&format!("/grants/{}/end", house.grant)), "{path}: {shown}");
            let more = shown.split(r#"href="/access?before="#).nth(1).map(|rest| rest.split('"').next().unwrap());
            next = more.map(|before| format!("/access?before={before}"));
            read += &shown;
            pages += 1;
        }
        assert_eq!(pages, 3, "fifty a page");
        for id in over {
            assert_eq!(read.matches(&format!("/history?grant={id}\"")).count(), 1, "{id}");
        }
    }

    async fn page_of_a_customer_shows_what_was_asked_for_that_company_alone(database: Database) {
        let house = House::new(database).await;
        let roofs = Firm::of(&house.cloud, "Bright Roofs", "ana@example.org", house.firm.installer.clone()).await;
        let customer = text(&roofs.add("kim@example.org").await.good()["id"]);
        let yes = [("keep", "yes"), ("key", "0123456789abcdef")];
        house.kim.post(&format!("/offers/{customer}/accept"), &yes).await;
        let asked = text(&roofs.ask(&customer).await.good()["id"]);
        let withdraw = |id: &str| format!("/requests/{id}/withdraw");
        let of_roofs = house.ana.get(&format!("/customers/{customer}")).await.text;
        let of_solar = house.ana.get(&format!("/customers/{}", house.customer)).await.text;
        let solars = text(&house.request["id"]);
        assert!(of_roofs.contains(&withdraw(&asked)) && !of_roofs.contains(&withdraw(&solars)), "{of_roofs}");
        assert!(of_solar.contains(&withdraw(&solars)) && !of_solar.contains(&withdraw(&asked)), "{of_solar}");
    }

    async fn partner_asks_takes_back_and_gives_back_on_pages(database: Database) {
        let house = House::new(database).await;
        let page = format!("/customers/{}", house.customer);
        let pending = format!("/requests/{}/withdraw", text(&house.request["id"]));
        let answer = house.ana.post(&pending, &[("back", &page)]).await;
        assert_eq!(answer.location(), format!("{page}?said=withdrawn"));
        let (site, key) = (format!("site:{}", house.site), "0123456789abcdef");
        let mut fields = vec![("place", site.as_str()), ("lasts", "days"), ("days", "3"), ("comment", "A\u{fc}tumn."),
            ("permission", "site.read"), ("permission", "device.add"), ("key", key)];
        for _ in 0..2 {
            let asked = house.ana.post(&page, &fields).await;
            assert_eq!(asked.location(), format!("{page}?said=asked"), "{}", asked.text);
        }
        let access = house.kim.get("/access").await.text;
        assert_eq!(access.matches("asks to work in your account").count(), 1, "sent twice, it was asked once");
        for said in ["Lake house, with all its devices", "Add devices", "3 days: until", "A\u{fc}tumn."] {
            assert!(access.contains(said), "{said}: {access}");
        }
        assert!(!access.contains("Watch live pictures"));
        fields[0].1 = "device:01890a5d-ac96-774b-bcce-b302099a8057";
        fields[6].1 = "fedcba9876543210";
        let refused = house.ana.post(&page, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Choose what is in the list.") && refused.text.contains("A\u{fc}tumn."));
        let own = house.ana.get(&page).await.text;
        let grant = own.split("/grants/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let back = house.ana.post(&format!("/grants/{grant}/end"), &[("back", "//evil.example")]).await;
        assert_eq!(back.location(), "/?said=ended");
        assert!(house.kim.get("/access").await.text.contains("It was given back at"));
        let own = house.ana.get(&page).await.text;
        assert!(own.contains("You gave it back at") && !own.contains(&format!("/grants/{grant}/end")), "{own}");
        assert!(own.contains(&format!("/history?grant={grant}")), "what was done stays to be read: {own}");
        assert_eq!(house.ana.get(&format!("/history?grant={grant}")).await.status, StatusCode::OK);
    }

    async fn every_grant_that_is_in_force_is_given_back_on_its_own(database: Database) {
        let house = House::new(database).await;
        let (request, terms) = (text(&house.request["id"]), text(&house.request["terms"]));
        let page = format!("/customers/{}", house.customer);
        let fields = [("terms", terms.as_str()), ("lasts", ""), ("key", "0123456789abcdef")];
        house.kim.post(&format!("/requests/{request}/consent"), &fields).await;
        let own = house.ana.get(&page).await.text;
        assert_eq!(own.matches("Give access back").count(), 2, "{own}");
        let shorter = own.split("/grants/").last().unwrap().split('/').next().unwrap().to_owned();
        house.ana.post(&format!("/grants/{shorter}/end"), &[("back", &page)]).await;
        let own = house.ana.get(&page).await.text;
        // The one that was for adding, before Kim said yes, is among them.
        assert_eq!((own.matches("Give access back").count(), own.matches("What you did there").count()), (1, 3));
    }

    async fn whose_role_allows_neither_adding_nor_asking_sees_no_form_for_it(database: Database) {
        let house = House::new(database).await;
        let page = format!("/customers/{}", house.customer);
        assert!(house.ana.get("/customers").await.text.contains("Add a customer"));
        assert!(house.ana.get(&page).await.text.contains("Obtain authorization"));
        let mut tx = house.cloud.db().await.begin().await.unwrap();
        sqlx::query("UPDATE membership SET role = 'viewer'").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!house.ana.get("/customers").await.text.contains("Add a customer"));
        let own = house.ana.get(&page).await;
        assert!(own.status == StatusCode::OK && !own.text.contains("Obtain authorization"), "{}", own.text);
        assert_eq!(house.ana.get("/customers/new").await.status, StatusCode::FORBIDDEN);
    }

    async fn customer_keeps_what_was_added_or_refuses_and_blocks_on_pages(database: Database) {
        let house = House::new(database).await;
        let key = [("key", "0123456789abcdef")];
        let declined = format!("/requests/{}/decline", text(&house.request["id"]));
        let answer = house.kim.post(&declined, &[key[0], ("block", "yes")]).await;
        assert_eq!(answer.location(), "/access?said=declined");
        let fields = [("place", "account"), ("lasts", "3600"), ("comment", ""), ("permission", "site.read"), key[0]];
        let blocked = house.ana.post(&format!("/customers/{}", house.customer), &fields).await;
        assert!(blocked.text.contains("They take no requests from you now."), "{}", blocked.text);
        let access = house.kim.get("/access").await.text;
        let unblock = format!("/blocked/{}/end", house.firm.organization);
        assert!(access.contains("Companies you take no requests from") && access.contains(&unblock), "{access}");
        assert_eq!(house.ana.post(&unblock, &[]).await.status, StatusCode::NOT_FOUND, "it is Kim's");
        assert_eq!(house.kim.post(&unblock, &[]).await.location(), "/access?said=unblocked");
        assert!(!house.kim.get("/access").await.text.contains(&unblock));
        let history = house.kim.get("/history").await.text;
        for said in ["stopped requests of Bright Solar", "allowed requests of Bright Solar again"] {
            assert!(history.contains(said), "{said}: {history}");
        }
        let asked = house.ana.post(&format!("/customers/{}", house.customer), &fields).await;
        assert!(asked.location().ends_with("?said=asked"), "{}", asked.text);

        let (eve, _) = Browser::with_account(&house.cloud, "eve@example.org").await;
        let organization = house.ana.get("/customers").await.text;
        let organization = organization.split("organization=").nth(1).unwrap().split('"').next().unwrap().to_owned();
        for (given_name, key) in [("", "aaaaaaaaaaaaaaaa"), ("Eve", "bbbbbbbbbbbbbbbb"), ("Eve", "cccccccccccccccc")] {
            let fields = [("organization", organization.as_str()), ("email", "eve@example.org"), ("language", "de"),
                ("given_name", given_name), ("family_name", "Moss"), ("key", key)];
            let answer = house.ana.post("/customers", &fields).await;
            match (given_name, key) {
                ("", _) => assert!(answer.text.contains("Use 1 to 64 visible characters."), "{}", answer.text),
                (_, "cccccccccccccccc") => assert!(answer.text.contains("among your customers already")),
                _ => assert!(answer.location().ends_with("?said=added"), "{}", answer.text),
            }
        }
        let offered = eve.get("/").await.text;
        assert!(offered.contains("Bright Solar says that you are their customer"), "{offered}");
        let offer = offered.split("/offers/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let not_hers = house.kim.post(&format!("/offers/{offer}/accept"), &[("key", "fedcba9876543210")]).await;
        assert_eq!(not_hers.status, StatusCode::NOT_FOUND);
        for _ in 0..2 {
            let yes = eve.post(&format!("/offers/{offer}/accept"), &[key[0], ("keep", "yes")]).await;
            assert_eq!(yes.location(), "/access?said=answered");
        }
        assert!(!eve.get("/").await.text.contains("says that you are their customer"));
    }

    async fn names_are_shown_as_text(database: Database) {
        let house = House::new(database).await;
        let name = r#"<img src=x onerror=alert(1)> "' {{ 7 }}"#;
        let path = format!("/sites/{}", house.site);
        let saved = house.kim.post(&path, &[("name", name), ("address", "")]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        for path in [path.as_str(), "/sites", "/", "/history"] {
            let page = house.kim.get(path).await.text;
            assert!(page.contains("onerror") && !page.contains("<img"), "{path}: {page}");
        }
        let said = house.kim.get("/?said=<script>").await.text;
        assert!(!said.contains("role=\"status\""), "{said}");
    }
}
