//! What whoever runs the service does on the database, beside the server or without it.

use super::{AccountChange, Options, OrganizationCommand, Outcome, say, start_log};
use crate::add_device::inventory;
use crate::db::{DatabaseLocation, Db};
use crate::history::chain::{self, ChainState, Head};
use crate::key::ServerKey;
use crate::people::{self, store::OrganizationRow};
use crate::problem::Refusal;
use crate::session::{self, store::account_with_email};
use crate::settings::Settings;
use porchlight_protocol::people::{OrganizationKind, Role};
use porchlight_protocol::{OrganizationId, ProblemCode};
use std::path::Path;

/// Opens the database that the server has made.
async fn open(settings: &Settings) -> Result<Db, Box<dyn std::error::Error>> {
    if let DatabaseLocation::Sqlite(path) = &settings.database
        && !path.exists()
    {
        let path = path.display();
        return Err(format!(
            "there is no database at {path}: is --folder the server's? It makes one when it starts"
        )
        .into());
    }
    let opened = Db::open(&settings.database).await;
    // Another account of the system than the server's, or a file that is broken: SQLite's words alone name no file.
    Ok(opened
        .map_err(|error| format!("the database at {} cannot be opened by you: {error}", settings.database))?)
}

pub(super) fn add_inventory(settings: &Settings, file: &Path) -> Outcome {
    let content = std::fs::File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let added = tokio::runtime::Runtime::new()?.block_on(async {
        let db = open(settings).await?;
        let added = inventory::add(&db, content).await?;
        db.close().await;
        Ok::<_, Box<dyn std::error::Error>>(added)
    })?;
    say(&format!("{} devices, {} of them new\n", added.rows, added.new))
}

pub(super) fn change_organization(command: OrganizationCommand) -> Outcome {
    tokio::runtime::Runtime::new()?.block_on(async {
        match command {
            OrganizationCommand::Add { name, kind, super_admin, options } => {
                let db = prepare(options).await?;
                let added = people::add(&db, kind, &name, &fold(&super_admin)).await;
                let id = added.map_err(|refusal| explain(&refusal, &super_admin))?;
                db.close().await;
                say(&format!("{id}\n"))
            }
            OrganizationCommand::List { options } => {
                let db = prepare(options).await?;
                let rows = people::store::organizations(&mut *db.read().await?).await?;
                db.close().await;
                let line =
                    |row: &OrganizationRow| format!("{} {:<8} {}\n", row.id, row.kind.as_str(), row.name);
                say(&rows.iter().map(line).collect::<String>())
            }
            OrganizationCommand::Join { organization, email, role, options } => {
                let db = prepare(options).await?;
                let joined = people::join(&db, organization, &fold(&email), role).await;
                joined.map_err(|refusal| explain(&refusal, &email))?;
                db.close().await;
                say(&format!("{email} belongs to it as {}\n", role.as_str()))
            }
            OrganizationCommand::Leave { organization, email, options } => {
                let db = prepare(options).await?;
                let left = people::leave(&db, organization, &fold(&email)).await;
                left.map_err(|refusal| explain(&refusal, &email))?;
                db.close().await;
                say(&format!("{email} belongs to it no more\n"))
            }
        }
    })
}

pub(super) fn change_account(change: AccountChange, email: &str, settings: &Settings) -> Outcome {
    tokio::runtime::Runtime::new()?.block_on(async {
        let db = open(settings).await?;
        let account = account_with_email(&mut *db.read().await?, &fold(email)).await?;
        let account = account.ok_or_else(|| format!("no account has the address {email}"))?;
        let (done, said) = match change {
            AccountChange::Disable => (session::disable_account(&db, account).await, "is disabled"),
            AccountChange::Enable => (session::enable_account(&db, account).await, "is enabled"),
            AccountChange::ResetPassword => {
                let key = server_key(&settings.server_key)?;
                let taken = session::take_password(&db, &key, account).await;
                (taken, "has no password any more; a new one is chosen with \"Forgot your password?\"")
            }
        };
        let led = people::store::led_by_nobody_but(&mut *db.read().await?, account).await?;
        done.map_err(|refusal| match (refusal.problem.code, change) {
            (ProblemCode::NotFound, AccountChange::Disable) => format!("{email} is disabled already"),
            (ProblemCode::NotFound, _) => format!("{email} is not disabled"),
            (ProblemCode::LastSuperAdmin, _) => explain_last(email, &led),
            _ => refusal.problem.title,
        })?;
        db.close().await;
        say(&format!("{email} {said}\n"))
    })
}

/// The key that the server has made: what is sealed with another never leaves.
fn server_key(path: &Path) -> Result<ServerKey, Box<dyn std::error::Error>> {
    if !path.exists() {
        return Err(format!(
            "there is no server key at {}: run this where the server's files are",
            path.display()
        )
        .into());
    }
    Ok(ServerKey::open(path)?)
}

async fn prepare(options: Options) -> Result<Db, Box<dyn std::error::Error>> {
    open(&start_log(options)?).await
}

/// As accounts keep addresses.
fn fold(email: &str) -> String {
    crate::session::credentials::fold_address(email)
}

fn explain(refusal: &Refusal, email: &str) -> String {
    match (refusal.problem.code, refusal.problem.field.as_deref()) {
        (ProblemCode::NotFound, Some("organization")) => {
            "there is no organization with this id: `porchlight organization list` shows all".to_owned()
        }
        (ProblemCode::NotFound, Some("membership")) => format!("{email} does not belong to it"),
        (ProblemCode::NotFound, _) => {
            format!("no active account has the address {email}: its person registers in the app first")
        }
        (_, Some("name")) => "a name has 1 to 64 visible characters".to_owned(),
        _ => refusal.problem.title.to_string(),
    }
}

/// Whoever is to be shut out leads a company alone: who follows them, and what ends everything meanwhile.
fn explain_last(email: &str, led: &[OrganizationRow]) -> String {
    let of: Vec<_> = led.iter().map(|row| format!("{} ({})", row.name, row.id)).collect();
    format!(
        "{email} is the only super admin of {}. Make somebody else one first: porchlight organization join ID EMAIL \
         --role super_admin. To end all sessions at once meanwhile: porchlight account reset-password {email}",
        of.join(", ")
    )
}

pub(super) fn verify_audit(settings: &Settings, heads: &[Head]) -> Outcome {
    let state = tokio::runtime::Runtime::new()?.block_on(async {
        let db = open(settings).await?;
        let state = chain::verify(&db, heads).await?;
        db.close().await;
        Ok::<_, Box<dyn std::error::Error>>(state)
    })?;
    match state {
        ChainState::Whole { events: 0, .. } => say("whole: no events yet\n"),
        ChainState::Whole { events, head } => {
            let head = Head { position: events, hash: head };
            say(&format!(
                "whole: {events} events\nhead: {head}\nKeep the head elsewhere: --head {head} finds out later whether \
                 anything before it was changed.\n"
            ))
        }
        ChainState::Broken { position } => {
            Err(format!("broken: event {position} is missing, or is not what was recorded").into())
        }
    }
}

pub(super) fn kind(text: &str) -> Result<OrganizationKind, &'static str> {
    match OrganizationKind::from_text(text) {
        OrganizationKind::Unknown => Err("a kind is business, partner or operator"),
        kind => Ok(kind),
    }
}

pub(super) fn organization(text: &str) -> Result<OrganizationId, &'static str> {
    text.parse().map_err(|_| "this is no id: `porchlight organization list` shows them")
}

pub(super) fn role(text: &str) -> Result<Role, &'static str> {
    match Role::from_text(text) {
        Role::Unknown => Err("a role is super_admin, admin, manager, operator or viewer"),
        role => Ok(role),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Command, CommandLine, run};
    use crate::history::seal::Sealer;
    use crate::session::store::{AccountRow, insert_account};
    use clap::Parser as _;
    use porchlight_protocol::AccountId;

    fn ana() -> AccountRow {
        AccountRow {
            id: AccountId::mint(),
            email: "ana@bright.example".into(),
            given_name: "Ana".into(),
            family_name: "Ruiz".into(),
            language: "en".into(),
        }
    }

    /// A folder as the server leaves it, with one account.
    async fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseLocation::in_folder(folder.path())).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert!(insert_account(&mut tx, &ana(), "", 1).await.unwrap());
        tx.commit().await.unwrap();
        db.close().await;
        folder
    }

    fn command(folder: &Path, arguments: &[&str]) -> Command {
        let folder = ["--folder", folder.to_str().unwrap()];
        let line = ["porchlight"].into_iter().chain(arguments.iter().copied()).chain(folder);
        CommandLine::try_parse_from(line).unwrap().command
    }

    /// What went wrong, on a thread without a runtime, as the program has it.
    async fn told(folder: &Path, arguments: &[&str]) -> Result<(), String> {
        let command = command(folder, arguments);
        tokio::task::spawn_blocking(move || run(CommandLine { command }).map_err(|error| error.to_string()))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn organization_is_made_for_an_account_that_is_there() {
        let folder = folder().await;
        let add = ["organization", "add", "Bright Solar", "--super-admin"];
        let unknown = told(folder.path(), &[add.as_slice(), &["bo@bright.example"]].concat()).await;
        assert!(unknown.unwrap_err().contains("bo@bright.example"));
        told(folder.path(), &[add.as_slice(), &["Ana@Bright.example"]].concat()).await.unwrap();
        let empty = ["organization", "add", " ", "--super-admin", "ana@bright.example"];
        assert!(told(folder.path(), &empty).await.unwrap_err().contains("1 to 64 visible characters"));
        told(folder.path(), &["organization", "list"]).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_not_there_is_named() {
        let folder = folder().await;
        let db = Db::open(&DatabaseLocation::in_folder(folder.path())).await.unwrap();
        let id =
            people::add(&db, OrganizationKind::Partner, "Bright Solar", "ana@bright.example").await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let bo = AccountRow { id: AccountId::mint(), email: "bo@bright.example".into(), ..ana() };
        assert!(insert_account(&mut tx, &bo, "", 1).await.unwrap());
        tx.commit().await.unwrap();
        let (id, nobodys) = (id.to_string(), OrganizationId::mint().to_string());
        for (arguments, words) in [
            (["join", nobodys.as_str(), "bo@bright.example"], "no organization with this id"),
            (["join", &id, "cy@bright.example"], "no active account has the address cy@bright.example"),
            (["leave", &id, "bo@bright.example"], "bo@bright.example does not belong to it"),
        ] {
            let refused = told(folder.path(), &[["organization"].as_slice(), &arguments].concat()).await;
            assert!(refused.as_ref().unwrap_err().contains(words), "{refused:?}");
        }
        let last = told(folder.path(), &["account", "disable", "ana@bright.example"]).await.unwrap_err();
        assert!(
            last.contains(&format!("Bright Solar ({id})")) && last.contains("--role super_admin"),
            "{last}"
        );
    }

    #[tokio::test]
    async fn wrong_folder_is_named_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let wrong = folder.path().join("typo");
        let refused = told(&wrong, &["audit", "verify"]).await.unwrap_err();
        assert!(refused.contains("is --folder the server's?"), "{refused}");
        assert!(!wrong.exists());
    }

    #[tokio::test]
    async fn account_is_disabled_enabled_and_loses_its_password_by_its_address() {
        let folder = folder().await;
        let change = async |what| told(folder.path(), &["account", what, "Ana@Bright.example"]).await;
        assert!(change("enable").await.unwrap_err().contains("is not disabled"));
        change("disable").await.unwrap();
        assert!(change("disable").await.unwrap_err().contains("is disabled already"));
        change("enable").await.unwrap();
        assert!(change("reset-password").await.unwrap_err().contains("there is no server key at"));
        ServerKey::open(&folder.path().join("server.key")).unwrap();
        change("reset-password").await.unwrap();
        let unknown = told(folder.path(), &["account", "disable", "bo@bright.example"]).await;
        assert!(unknown.unwrap_err().contains("no account has the address bo@bright.example"));
        let db = Db::open(&DatabaseLocation::in_folder(folder.path())).await.unwrap();
        let mut reader = db.read().await.unwrap();
        let acts = sqlx::query_scalar::<_, String>("SELECT what FROM audit_event ORDER BY id");
        let acts = acts.fetch_all(&mut *reader).await.unwrap();
        assert_eq!(acts, ["account.disabled", "account.enabled", "password.taken"]);
    }

    #[tokio::test]
    async fn history_that_was_changed_or_lost_its_end_is_found() {
        let folder = folder().await;
        told(folder.path(), &["audit", "verify"]).await.unwrap();
        let add = ["organization", "add", "Bright Solar", "--super-admin", "ana@bright.example"];
        told(folder.path(), &add).await.unwrap();
        let db = Db::open(&DatabaseLocation::in_folder(folder.path())).await.unwrap();
        Sealer::new(db.clone(), "one".into(), std::time::Duration::from_secs(3_600)).seal().await.unwrap();
        let ChainState::Whole { events: 1, head } = chain::verify(&db, &[]).await.unwrap() else {
            panic!("one event")
        };
        let verify = |position: i64, hash: Vec<u8>| {
            let (path, head) = (folder.path(), Head { position, hash }.to_string());
            async move { told(path, &["audit", "verify", "--head", &head]).await }
        };
        verify(1, head.clone()).await.unwrap();
        let other = verify(1, vec![0xab; 32]).await.unwrap_err();
        assert!(other.contains("event 1 is missing, or is not what was recorded"), "{other}");
        let lost = verify(7, head).await.unwrap_err();
        assert!(lost.contains("event 2 is missing"), "{lost}");
        let mut tx = db.begin().await.unwrap();
        sqlx::query("UPDATE audit_event SET what = 'x'").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        let changed = told(folder.path(), &["audit", "verify"]).await.unwrap_err();
        assert!(changed.contains("event 1 is missing"), "{changed}");
    }

    #[test]
    fn words_that_are_no_kind_or_role_are_refused() {
        assert!(kind("company").is_err() && kind("partner").is_ok());
        assert!(role("boss").is_err() && role("viewer").is_ok());
    }
}
