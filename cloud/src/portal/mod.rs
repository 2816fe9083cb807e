//! The portal: pages for people in a browser, made on the server.
//!
//! 1. What lies around all pages is in [`layer`]: whose cookie it is, the table of doors, requests from other sites,
//!    headers, and problems shown as pages. The pages themselves stand in the `pages.rs` of each feature.
//! 2. Every page works without a script: links, forms, and an answer that leads to the next page (303). With scripts a
//!    page reads its own main part again when the change feed says so ([`crate::history`]), without a reload.
//! 3. Words ([`words`]) come in the account's language, before sign-in in the browser's; times ([`times`]) in the
//!    reader's zone, named.
//!
//! A page's caller is its cookie's and nobody else's; the API's is its bearer token's (`server::gate`).

mod assets;
mod cookie;
pub(crate) mod forms;
mod home;
pub(crate) mod layer;
pub(crate) mod links;
pub(crate) mod page;
pub(crate) mod times;
pub(crate) mod words;

pub(crate) use cookie::{forget, give};
pub(crate) use forms::{Complaint, PageForm};
pub(crate) use page::{Bare, Page, Place, Reader, lead_to, own_path, show, show_with};

use crate::server::CloudState;
use axum::Router;

/// What was done just now, by its name in the address: nothing of the address itself is shown.
pub(crate) fn said(words: &words::Words, what: &str) -> Option<&'static str> {
    Some(match what {
        "saved" => words.said_saved,
        "removed" => words.said_removed,
        "made" => words.said_made,
        "granted" => words.said_granted,
        "declined" => words.said_declined,
        "unblocked" => words.said_unblocked,
        "ended" => words.said_ended,
        "answered" => words.said_answered,
        "asked" => words.said_asked,
        "withdrawn" => words.said_withdrawn,
        "added" => words.said_added,
        "signed-out" => words.said_signed_out,
        "password" => words.said_password,
        _ => return None,
    })
}

/// The pages of all features, and what they stand on.
pub(crate) fn routes() -> Router<CloudState> {
    Router::new()
        .merge(assets::routes())
        .merge(links::routes())
        .merge(home::routes())
        .merge(crate::session::pages::routes())
        .merge(crate::sites::pages::routes())
        .merge(crate::devices::pages::routes())
        .merge(crate::access::pages::routes())
        .merge(crate::customers::pages::routes())
        .merge(crate::history::pages::routes())
}
