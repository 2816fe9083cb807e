//! What can be asked for, and what a person chose of it. Pure.

use crate::error::{Fault, InputField, InputReason};
use porchlight_protocol::access::{ACCESS_LASTS, AskForAccess, Permission};
use porchlight_protocol::{DeviceId, SiteId};

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;
/// The most characters a comment has.
const MAX_COMMENT: usize = 500;

/// A permission, and whether it is ticked before anybody chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PermissionChoice {
    /// What.
    pub permission: Permission,
    /// Ticked at first: live pictures never are.
    pub ticked: bool,
    /// Nothing works without it: it cannot be unticked.
    pub needed: bool,
}

/// What a form for a request offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessChoices {
    /// How long, in seconds, the shortest first: 1, 4 and 24 hours, then days up to 30.
    pub lasts: Vec<u32>,
    /// What for, in the order they are shown.
    pub permissions: Vec<PermissionChoice>,
}

impl AccessChoices {
    /// All there is to choose from.
    pub fn all() -> Self {
        let days = (2..=30).map(|days| days * DAY);
        let lasts = [HOUR, 4 * HOUR, DAY].into_iter().chain(days).collect();
        let choice = |permission: Permission| PermissionChoice {
            permission,
            ticked: permission.is_ticked_at_first(),
            needed: permission == Permission::NEEDED,
        };
        let offered = Permission::ALL.iter().copied().filter(|permission| permission.may_be_delegated());
        Self { lasts, permissions: offered.map(choice).collect() }
    }

    /// How long a consent to a request of this length can be: its own length, and the shorter choices.
    pub(super) fn up_to(asked: u32) -> Vec<u32> {
        let mut lasts: Vec<_> = Self::all().lasts.into_iter().filter(|lasts| *lasts < asked).collect();
        lasts.push(asked);
        lasts
    }
}

/// For how long a consent can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentChoice {
    /// In seconds.
    pub lasts: u32,
    /// Until when, if the person consents now: milliseconds UTC by the cloud's time. None while that is not known: say
    /// the length alone.
    pub until: Option<i64>,
}

/// What an installer asks a customer for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessWish {
    /// This site only.
    pub site: Option<SiteId>,
    /// This device only; with neither, the whole account.
    pub device: Option<DeviceId>,
    /// What for.
    pub permissions: Vec<Permission>,
    /// How long, in seconds from the consent on.
    pub lasts: u32,
    /// Why, in the installer's own words: at most 500 characters.
    pub comment: String,
}

impl AccessWish {
    /// The request, if it is one.
    pub(super) fn into_request(self) -> Result<AskForAccess, Fault> {
        let wrong = |field, reason| Err(Fault::Input { field, reason });
        // Lines become one, as the cloud has it: a form may have an enter key.
        let comment = self.comment.split_whitespace().collect::<Vec<_>>().join(" ");
        if comment.chars().count() > MAX_COMMENT {
            return wrong(InputField::Comment, InputReason::TooLong);
        }
        if comment.chars().any(char::is_control) {
            return wrong(InputField::Comment, InputReason::NotAllowed);
        }
        if !ACCESS_LASTS.contains(&self.lasts) || !self.lasts.is_multiple_of(HOUR) {
            return wrong(InputField::Lasts, InputReason::NotAllowed);
        }
        if self.site.is_some() && self.device.is_some() {
            return wrong(InputField::Device, InputReason::NotAllowed);
        }
        let mut permissions = self.permissions;
        permissions.push(Permission::NEEDED);
        permissions.sort_unstable();
        permissions.dedup();
        if !permissions.iter().all(|permission| permission.may_be_delegated()) {
            return wrong(InputField::Permissions, InputReason::NotAllowed);
        }
        let (site, device, lasts) = (self.site, self.device, self.lasts);
        Ok(AskForAccess { site, device, permissions, lasts, comment })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> AccessWish {
        let permissions = vec![Permission::DeviceAdd];
        AccessWish { site: None, device: None, permissions, lasts: 4 * HOUR, comment: " New panel ".into() }
    }

    #[test]
    fn choices_are_1_4_and_24_hours_and_days_up_to_30_and_no_live_pictures() {
        let choices = AccessChoices::all();
        assert_eq!(choices.lasts[..4], [3_600, 14_400, 86_400, 172_800]);
        assert_eq!(choices.lasts.last(), Some(ACCESS_LASTS.end()));
        let unticked: Vec<_> = choices.permissions.iter().filter(|one| !one.ticked).collect();
        assert_eq!(unticked.len(), 1);
        assert_eq!(unticked[0].permission, Permission::VideoWatch);
        assert!(choices.permissions.iter().all(|one| one.permission.may_be_delegated()));
    }

    #[test]
    fn every_choice_of_time_makes_a_request() {
        for lasts in AccessChoices::all().lasts {
            assert!(AccessWish { lasts, ..wish() }.into_request().is_ok(), "{lasts}");
        }
    }

    #[test]
    fn consent_is_offered_what_was_asked_for_or_less() {
        assert_eq!(AccessChoices::up_to(4 * HOUR), [HOUR, 4 * HOUR]);
        assert_eq!(AccessChoices::up_to(2 * HOUR), [HOUR, 2 * HOUR]);
        assert_eq!(AccessChoices::up_to(HOUR), [HOUR]);
    }

    #[test]
    fn request_always_asks_to_see_the_sites_and_says_each_thing_once() {
        let twice = vec![Permission::DeviceAdd, Permission::DeviceAdd];
        let request = AccessWish { permissions: twice, ..wish() }.into_request().unwrap();
        assert_eq!(request.permissions, [Permission::SiteRead, Permission::DeviceAdd]);
        assert_eq!(request.comment, "New panel");
    }

    #[test]
    fn comment_of_several_lines_becomes_one() {
        let comment = " The inverter\n\n reports\ta fault. \r\n".into();
        let request = AccessWish { comment, ..wish() }.into_request().unwrap();
        assert_eq!(request.comment, "The inverter reports a fault.");
    }

    #[test]
    fn wish_that_no_customer_should_see_is_refused_by_its_field() {
        let device = Some(DeviceId::mint());
        for (wish, field, reason) in [
            (AccessWish { lasts: 0, ..wish() }, InputField::Lasts, InputReason::NotAllowed),
            (AccessWish { lasts: 31 * DAY, ..wish() }, InputField::Lasts, InputReason::NotAllowed),
            (AccessWish { lasts: HOUR + 1, ..wish() }, InputField::Lasts, InputReason::NotAllowed),
            (AccessWish { comment: "x".repeat(501), ..wish() }, InputField::Comment, InputReason::TooLong),
            (AccessWish { comment: "x".repeat(10_240), ..wish() }, InputField::Comment, InputReason::TooLong),
            (
                AccessWish { comment: "a\u{7}b".into(), ..wish() },
                InputField::Comment,
                InputReason::NotAllowed,
            ),
            (
                AccessWish { site: Some(SiteId::mint()), device, ..wish() },
                InputField::Device,
                InputReason::NotAllowed,
            ),
            (
                AccessWish { permissions: vec![Permission::AccessManage], ..wish() },
                InputField::Permissions,
                InputReason::NotAllowed,
            ),
        ] {
            assert_eq!(wish.into_request(), Err(Fault::Input { field, reason }));
        }
    }
}
