//! What the cloud should know of requests, grants, codes and sessions, and what each step makes of it.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

/// What somebody does. Installers are 0 and 1, and so are phones; requests, grants, codes and sessions are counted as they
/// came to be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Ask(usize),
    Consent(usize),
    Decline(usize),
    Withdraw(usize),
    EndByCustomer(usize),
    EndByInstaller(usize),
    LetTimePass(usize),
    /// A code for a grant.
    Link(usize),
    /// A code on a phone, with its verifier.
    Redeem(usize, usize),
    /// A code on a phone, with another verifier.
    Steal(usize, usize),
    /// 31 seconds of a code's time: unused, it is good once and not twice; used, it is not given again.
    Age(usize),
    Act(usize),
    DisableCustomer,
    EnableCustomer,
    /// The password is taken away: all sessions and codes of the account end, and no grant.
    TakeCustomersPassword,
    TakePassword(usize),
    Disable(usize),
    Enable(usize),
    Leave(usize),
    Join(usize),
    SignInAnew(usize),
}

/// A one-time code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    grant: usize,
    /// Whether the session that made it, and all of the customer's, still are.
    begun: bool,
    /// How often 31 seconds passed, since it was made or used.
    aged: u32,
    /// On which phone, and what it opened.
    used: Option<(usize, usize)>,
}

/// What a code opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session {
    grant: usize,
    phone: usize,
    /// Whether nobody ended it, nor what began it.
    begun: bool,
}

/// What the cloud should know.
#[derive(Clone, Debug)]
pub(super) struct World {
    customer_active: bool,
    active: [bool; 2],
    pub(super) member: [bool; 2],
    /// Who asked, and whether it waits.
    requests: Vec<(usize, bool)>,
    /// Whose hand it is in, and whether it is in force.
    pub(super) grants: Vec<(usize, bool)>,
    codes: Vec<Code>,
    sessions: Vec<Session>,
    /// Since the last yes.
    declined: u32,
    /// Whether the last step was to succeed.
    pub(super) succeeds: bool,
}

impl World {
    fn asks(&self, who: usize) -> bool {
        let waiting = self.requests.iter().filter(|(_, waits)| *waits).count();
        self.customer_active && self.active[who] && self.member[who] && self.declined < 2 && waiting < 3
    }

    fn waits(&self, nth: usize) -> bool {
        self.requests.get(nth).is_some_and(|(_, waits)| *waits)
    }

    fn in_force(&self, nth: usize) -> bool {
        self.grants.get(nth).is_some_and(|(_, alive)| *alive)
    }

    /// What of these codes and sessions began ends; none: of everybody's.
    fn end_begun(&mut self, who: Option<usize>) {
        let grants = &self.grants;
        let theirs = |grant: usize| who.is_none_or(|who| grants[grant].0 == who);
        self.codes.iter_mut().filter(|code| theirs(code.grant)).for_each(|code| code.begun = false);
        self.sessions.iter_mut().filter(|one| theirs(one.grant)).for_each(|one| one.begun = false);
    }

    fn lives(&self, session: usize) -> bool {
        let Session { grant, begun, .. } = self.sessions[session];
        begun && self.in_force(grant)
    }

    /// Whether a session comes of it, or the same once more.
    fn redeem(&mut self, nth: usize, phone: usize) -> bool {
        let Code { grant, begun, aged, used } = self.codes[nth];
        match used {
            None => {
                let opens = begun && aged < 2 && self.in_force(grant);
                if opens {
                    // A phone acts in one account at a time.
                    let (grants, who) = (&self.grants, self.grants[grant].0);
                    let former = self.sessions.iter_mut();
                    let former = former.filter(|one| one.phone == phone && grants[one.grant].0 == who);
                    former.for_each(|one| one.begun = false);
                    self.codes[nth] =
                        Code { used: Some((phone, self.sessions.len())), aged: 0, ..self.codes[nth] };
                    self.sessions.push(Session { grant, phone, begun: true });
                }
                opens
            }
            Some((same, session)) if same == phone => aged == 0 && self.lives(session),
            Some((_, session)) => {
                self.sessions[session].begun = false;
                false
            }
        }
    }

    fn lose(&mut self, who: usize) {
        self.requests.iter_mut().filter(|(by, _)| *by == who).for_each(|(_, waits)| *waits = false);
        self.grants.iter_mut().filter(|(by, _)| *by == who).for_each(|(_, alive)| *alive = false);
    }
}

pub(super) struct Model;

impl ReferenceStateMachine for Model {
    type State = World;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<World> {
        Just(World {
            customer_active: true,
            active: [true; 2],
            member: [true; 2],
            requests: Vec::new(),
            grants: Vec::new(),
            codes: Vec::new(),
            sessions: Vec::new(),
            declined: 0,
            succeeds: true,
        })
        .boxed()
    }

    fn transitions(world: &World) -> BoxedStrategy<Step> {
        let (who, request) = (0..2_usize, 0..world.requests.len().max(1));
        let (grant, session) = (0..world.grants.len().max(1), 0..world.sessions.len().max(1));
        let (code, phone) = (0..world.codes.len().max(1), 0..2_usize);
        prop_oneof![
            6 => who.clone().prop_map(Step::Ask),
            8 => request.clone().prop_map(Step::Consent),
            1 => request.clone().prop_map(Step::Decline),
            1 => request.prop_map(Step::Withdraw),
            2 => grant.clone().prop_map(Step::EndByCustomer),
            2 => grant.clone().prop_map(Step::EndByInstaller),
            1 => grant.clone().prop_map(Step::LetTimePass),
            8 => grant.prop_map(Step::Link),
            12 => (code.clone(), phone.clone()).prop_map(|(code, phone)| Step::Redeem(code, phone)),
            1 => (code.clone(), phone).prop_map(|(code, phone)| Step::Steal(code, phone)),
            2 => code.prop_map(Step::Age),
            12 => session.prop_map(Step::Act),
            1 => Just(Step::DisableCustomer),
            2 => Just(Step::EnableCustomer),
            1 => who.clone().prop_map(Step::Disable),
            2 => who.clone().prop_map(Step::Enable),
            1 => who.clone().prop_map(Step::Leave),
            2 => who.clone().prop_map(Step::Join),
            1 => Just(Step::TakeCustomersPassword),
            1 => who.clone().prop_map(Step::TakePassword),
            2 => who.prop_map(Step::SignInAnew),
        ]
        .boxed()
    }

    fn preconditions(world: &World, step: &Step) -> bool {
        match *step {
            Step::Consent(nth) | Step::Decline(nth) | Step::Withdraw(nth) => nth < world.requests.len(),
            Step::EndByCustomer(nth)
            | Step::EndByInstaller(nth)
            | Step::LetTimePass(nth)
            | Step::Link(nth) => nth < world.grants.len(),
            Step::Redeem(nth, _) | Step::Steal(nth, _) | Step::Age(nth) => nth < world.codes.len(),
            Step::Act(nth) => nth < world.sessions.len(),
            Step::DisableCustomer | Step::TakeCustomersPassword => world.customer_active,
            Step::EnableCustomer => !world.customer_active,
            Step::Disable(who) | Step::SignInAnew(who) | Step::TakePassword(who) => world.active[who],
            Step::Enable(who) => !world.active[who],
            // A third person stays, who is super admin.
            Step::Leave(who) => world.member[who],
            Step::Join(who) => world.active[who] && !world.member[who],
            Step::Ask(_) => true,
        }
    }

    fn apply(mut world: World, step: &Step) -> World {
        world.succeeds = true;
        match *step {
            Step::Ask(who) => {
                world.succeeds = world.asks(who);
                if world.succeeds {
                    world.requests.push((who, true));
                }
            }
            Step::Consent(nth) => {
                world.succeeds = world.customer_active && world.waits(nth);
                if world.succeeds {
                    world.requests[nth].1 = false;
                    world.grants.push((world.requests[nth].0, true));
                    world.declined = 0;
                }
            }
            Step::Decline(nth) => {
                world.succeeds = world.customer_active && world.waits(nth);
                if world.succeeds {
                    world.requests[nth].1 = false;
                    world.declined += 1;
                }
            }
            Step::Withdraw(nth) => {
                world.succeeds = world.active[world.requests[nth].0] && world.waits(nth);
                if world.succeeds {
                    world.requests[nth].1 = false;
                }
            }
            // Ending what is over is no error, for whoever is there to do it.
            Step::EndByCustomer(nth) => {
                world.succeeds = world.customer_active;
                world.grants[nth].1 &= !world.succeeds;
            }
            Step::EndByInstaller(nth) => {
                world.succeeds = world.active[world.grants[nth].0];
                world.grants[nth].1 &= !world.succeeds;
            }
            Step::LetTimePass(nth) => world.grants[nth].1 = false,
            // In force it is while its installer is there, and belongs to the company.
            Step::Link(nth) => {
                world.succeeds = world.in_force(nth);
                if world.succeeds {
                    world.codes.push(Code { grant: nth, begun: true, aged: 0, used: None });
                }
            }
            Step::Redeem(nth, phone) => world.succeeds = world.redeem(nth, phone),
            Step::Steal(..) => world.succeeds = false,
            Step::Age(nth) => world.codes[nth].aged += 1,
            Step::Act(nth) => world.succeeds = world.lives(nth),
            Step::DisableCustomer => {
                world.customer_active = false;
                world.requests.iter_mut().for_each(|(_, waits)| *waits = false);
                world.grants.iter_mut().for_each(|(_, alive)| *alive = false);
            }
            Step::EnableCustomer => world.customer_active = true,
            Step::Disable(who) => {
                world.active[who] = false;
                world.lose(who);
            }
            Step::Enable(who) => world.active[who] = true,
            Step::Leave(who) => {
                world.member[who] = false;
                world.lose(who);
                world.end_begun(Some(who));
            }
            Step::Join(who) => world.member[who] = true,
            Step::TakeCustomersPassword => world.end_begun(None),
            Step::TakePassword(who) | Step::SignInAnew(who) => world.end_begun(Some(who)),
        }
        world
    }
}
