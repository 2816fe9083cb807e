//! The change feed: newly sealed changes, read once a process and handed to every open stream that may see them.
//!
//! 1. One task ([`Feed::run`]) follows the sealed positions, reads each new change once with the accounts that see it,
//!    and publishes it.
//! 2. A stream ([`FeedReader`]) subscribes first and then reads from its cursor to the sealed head, so nothing falls
//!    between; after that it lives on what is published. One that falls behind reads from the table again.
//! 3. What changed is read when it is sent, under the account's own authority: what it cannot see by then is `gone`
//!    or nothing at all. The session is checked after that reading, last before the event leaves.
//!
//! Limits: a cursor before the oldest kept change is refused, as is one that was never given out.

use super::store::{self, ChangeKind, ChangeRow};
use crate::authority::{self, Caller, Resource};
use crate::db::{Connection, Db, DbError};
use crate::problem::Refusal;
use crate::{access, add_device, customers, devices, sites};
use porchlight_protocol::history::Change;
use porchlight_protocol::{
    AccountId, ClaimId, CustomerId, DeviceId, GrantId, OrganizationId, ProblemCode, RequestId, SiteId,
};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

/// How often the task looks for what other processes sealed.
const TICK: Duration = Duration::from_millis(250);

/// The most changes that are read at a time.
const BATCH: i64 = 500;

/// How many changes a stream may lag behind before it reads from the table again.
const BACKLOG: usize = 1024;

/// What the task tells the streams.
#[derive(Debug)]
enum Published {
    /// It begins to publish: whoever was there before reads from the table once more.
    Begun,
    /// A change, with the accounts that see it.
    Change { row: ChangeRow, seen_by: Vec<AccountId> },
}

/// What streams subscribe to; cheap to clone.
#[derive(Clone, Debug)]
pub struct Feed {
    published: broadcast::Sender<Arc<Published>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { published: broadcast::Sender::new(BACKLOG) }
    }
}

impl Feed {
    /// Follows the sealed changes and publishes them, until `stopping`; `sealed` wakes it.
    pub async fn run(self, db: Db, sealed: Arc<Notify>, stopping: CancellationToken) {
        let mut position = None;
        while !stopping.is_cancelled() {
            // Registered before looking, or what is sealed in between would wait for the next tick.
            let woken = sealed.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            if let Err(error) = self.publish_new(&db, &mut position).await {
                tracing::warn!(%error, "the change feed will try again");
            }
            tokio::select! {
                () = stopping.cancelled() => {}
                () = woken => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    async fn publish_new(&self, db: &Db, position: &mut Option<i64>) -> Result<(), DbError> {
        let mut reader = db.read().await?;
        let mut last = match *position {
            Some(last) => last,
            None => {
                let head = store::heads(&mut reader).await?.change_position;
                self.publish(Published::Begun);
                head
            }
        };
        loop {
            *position = Some(last);
            let rows = store::sealed_changes(&mut reader, last, BATCH).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                let seen_by = match (row.account, row.site) {
                    (Some(account), _) => vec![account],
                    (None, Some(site)) => store::accounts_of_site(&mut reader, site).await?,
                    (None, None) => Vec::new(),
                };
                last = row.position;
                self.publish(Published::Change { row, seen_by });
            }
        }
    }

    fn publish(&self, published: Published) {
        // An error only says that no stream is open.
        let _nobody_listens = self.published.send(Arc::new(published));
    }
}

/// A place in the feed: `<shard>.<position>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub i64);

impl Cursor {
    /// The place up to which everything is sealed; read before a list, it misses nothing that the list does not show.
    pub async fn now(db: &mut Connection) -> Result<Self, DbError> {
        Ok(Self(store::heads(db).await?.change_position))
    }

    /// Reads what [`Self::to_string`] wrote; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (shard, position) = text.split_once('.')?;
        let cursor = Self(position.parse().ok().filter(|position| *position >= 0)?);
        (shard.parse() == Ok(super::SHARD) && cursor.to_string() == text).then_some(cursor)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", super::SHARD, self.0)
    }
}

/// One stream's way through the feed.
#[derive(Debug)]
pub struct FeedReader {
    db: Db,
    caller: Caller,
    published: broadcast::Receiver<Arc<Published>>,
    /// Everything up to here was sent, waits, or is not for this account.
    known: i64,
    waiting: VecDeque<ChangeRow>,
    /// There may be more in the table than is known, and no later publication need tell.
    behind: bool,
}

impl FeedReader {
    /// Begins after `cursor`, or now. Refuses a cursor that is too old, or that this cloud has not given out.
    pub async fn open(db: Db, feed: &Feed, caller: Caller, cursor: Option<Cursor>) -> Result<Self, Refusal> {
        // Subscribed before the table is read: what is sealed in between comes twice, and is skipped once.
        let published = feed.published.subscribe();
        let mut reader = db.read().await?;
        // An end of the session that was told before the stream could hear it.
        if let Some(code) = authority::store::end_of(&mut reader, caller.session, crate::now()).await? {
            return Err(code.into());
        }
        let heads = store::heads(&mut reader).await?;
        drop(reader);
        let known = cursor.map_or(heads.change_position, |cursor| cursor.0);
        if known < heads.oldest_change || known > heads.change_position {
            return Err(ProblemCode::CursorTooOld.into());
        }
        Ok(Self { db, caller, published, known, waiting: VecDeque::new(), behind: true })
    }

    /// Where the stream is: everything up to here was sent, or is not for this account.
    pub fn cursor(&self) -> Cursor {
        Cursor(self.waiting.front().map_or(self.known, |row| row.position - 1))
    }

    /// The next change for this account. None: the stream is over, since the session ended, the database cannot be
    /// read, or the stream fell behind what the feed keeps; the client comes back with its cursor and is told which.
    ///
    /// May be dropped and called again without losing a change.
    pub async fn next(&mut self) -> Option<Change> {
        loop {
            if let Some(row) = self.waiting.front() {
                let read = self.read(row).await;
                let change = read.inspect_err(|error| tracing::warn!(%error, "a stream ends")).ok()?;
                self.waiting.pop_front();
                match change {
                    Delivery::Send(change) => return Some(*change),
                    Delivery::NotForThis => continue,
                    Delivery::SessionEnded => return None,
                }
            }
            if self.behind {
                let caught_up = self.catch_up().await;
                caught_up.inspect_err(|error| tracing::warn!(%error, "a stream ends")).ok()?;
                continue;
            }
            match self.published.recv().await.as_deref() {
                Ok(Published::Change { row, .. }) if row.position <= self.known => {}
                Ok(Published::Change { row, seen_by }) if row.position == self.known + 1 => {
                    self.known = row.position;
                    if seen_by.contains(&self.caller.account) {
                        self.waiting.push_back(*row);
                    }
                }
                Ok(Published::Change { .. } | Published::Begun) | Err(RecvError::Lagged(_)) => {
                    self.behind = true;
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// Reads from the table what lies between what is known and the sealed head.
    async fn catch_up(&mut self) -> Result<(), DbError> {
        let mut reader = self.db.read().await?;
        let head = store::heads(&mut reader).await?.change_position;
        let rows = store::changes_for(&mut reader, self.caller.account, self.known, head, BATCH).await?;
        // Read last: what was trimmed meanwhile may be missing among the rows.
        if store::heads(&mut reader).await?.oldest_change > self.known {
            return Err(DbError::Corrupt("place in the feed: it was trimmed"));
        }
        // No await from here on: whoever drops this future loses nothing.
        let more = i64::try_from(rows.len()) == Ok(BATCH);
        self.behind = more;
        self.known = rows.last().filter(|_| more).map_or(head, |row| row.position);
        self.waiting.extend(rows);
        Ok(())
    }

    async fn read(&self, row: &ChangeRow) -> Result<Delivery, DbError> {
        let mut reader = self.db.read().await?;
        let change = read_change(&mut reader, &self.caller, row).await?;
        if authority::store::end_of(&mut reader, self.caller.session, crate::now()).await?.is_some() {
            return Ok(Delivery::SessionEnded);
        }
        Ok(change.map_or(Delivery::NotForThis, |change| Delivery::Send(Box::new(change))))
    }
}

enum Delivery {
    Send(Box<Change>),
    NotForThis,
    SessionEnded,
}

/// What the account may see of a change, as it is now.
async fn read_change(
    db: &mut Connection,
    caller: &Caller,
    row: &ChangeRow,
) -> Result<Option<Change>, DbError> {
    let sight = caller.sight();
    match row.kind {
        ChangeKind::Site | ChangeKind::SiteGone => {
            let id = SiteId(row.subject);
            Ok(match sites::store::visible_site(db, sight, id).await? {
                Some(site) => Some(Change::Site { site }),
                // Told to this very account: it saw the site before. Whoever acts by a grant need not have.
                None => row.account.filter(|_| sight.grant.is_none()).map(|_| Change::SiteGone { site: id }),
            })
        }
        ChangeKind::Device | ChangeKind::DeviceGone => {
            let id = DeviceId(row.subject);
            if let Some(device) = devices::store::visible_device(db, sight, id).await? {
                return Ok(Some(Change::Device { device }));
            }
            // It left a site that the account sees for one that it does not, or it was released.
            let saw = match (row.site, sight.grant) {
                (None, _) => false,
                (Some(site), None) => authority::store::site_role(db, sight.account, site).await?.is_some(),
                (Some(site), Some(grant)) => {
                    authority::store::grant_covers(db, grant, Resource::Device(id, site)).await?
                }
            };
            Ok(saw.then_some(Change::DeviceGone { device: id }))
        }
        ChangeKind::Claim => {
            let claim = add_device::store::visible_claim(db, sight, ClaimId(row.subject)).await?;
            Ok(claim.map(|claim| Change::Claim { claim }))
        }
        // Whoever acts for somebody sees none of it.
        ChangeKind::Request
        | ChangeKind::Grant
        | ChangeKind::Customer
        | ChangeKind::Offer
        | ChangeKind::Membership
            if sight.grant.is_some() =>
        {
            Ok(None)
        }
        ChangeKind::Request | ChangeKind::Grant => read_access(db, sight.account, row).await,
        ChangeKind::Membership => Ok(Some(Change::Membership { organization: OrganizationId(row.subject) })),
        ChangeKind::Customer | ChangeKind::Offer => read_customer(db, sight.account, row).await,
    }
}

async fn read_access(
    db: &mut Connection,
    account: AccountId,
    row: &ChangeRow,
) -> Result<Option<Change>, DbError> {
    let (id, now) = (row.subject, crate::now());
    Ok(if row.kind == ChangeKind::Request {
        let request = access::store::visible_request(db, account, RequestId(id), now).await?;
        request.map(|request| Change::Request { request })
    } else {
        let grant = access::store::visible_grant(db, account, GrantId(id), now).await?;
        grant.map(|grant| Change::Grant { grant })
    })
}

async fn read_customer(
    db: &mut Connection,
    account: AccountId,
    row: &ChangeRow,
) -> Result<Option<Change>, DbError> {
    let id = CustomerId(row.subject);
    if row.kind == ChangeKind::Customer {
        let customer = customers::store::visible_customer(db, account, id, crate::now()).await?;
        return Ok(customer.map(|customer| Change::Customer { customer }));
    }
    let mut offers = customers::store::offers_to(db, account).await?.into_iter();
    Ok(Some(match offers.find(|offer| offer.id == id) {
        Some(offer) => Change::Offer { offer },
        None => Change::OfferGone { customer: id },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_is_read_as_it_was_written_and_no_other_way() {
        assert_eq!(Cursor::parse(&Cursor(12).to_string()), Some(Cursor(12)));
        for text in
            ["", "0", "0.", ".1", "1.1", "0.-1", "0.01", "0.+1", "0.1 ", "00.1", "0.9223372036854775808"]
        {
            assert_eq!(Cursor::parse(text), None, "{text:?}");
        }
    }
}
