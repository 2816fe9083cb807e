//! Watching the flow that adds a device, as its screen does.

use porchlight_core::add_device::{AddDeviceFlow, AddDeviceListener, AddDeviceState};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// How long a test waits for the next state. Longer than the claim window that tests set.
const PATIENCE: Duration = Duration::from_secs(30);

/// All states of a flow, in order.
#[derive(Debug)]
pub struct AddingWatch(mpsc::UnboundedReceiver<AddDeviceState>);

#[derive(Debug)]
struct Listener(mpsc::UnboundedSender<AddDeviceState>);

impl AddDeviceListener for Listener {
    fn on_state(&self, state: AddDeviceState) {
        // The test that watched is over.
        let _gone = self.0.send(state);
    }
}

impl AddingWatch {
    /// Becomes the flow's listener.
    pub fn of(flow: &AddDeviceFlow) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        flow.listen(Arc::new(Listener(sender))).for_good();
        Self(receiver)
    }

    /// Passes states over until one fits.
    pub async fn until(&mut self, fits: impl Fn(&AddDeviceState) -> bool) -> AddDeviceState {
        loop {
            let state = self.next().await;
            if fits(&state) {
                return state;
            }
        }
    }

    /// The next state.
    pub async fn next(&mut self) -> AddDeviceState {
        let next = tokio::time::timeout(PATIENCE, self.0.recv()).await;
        next.expect("a state within 30 s").expect("the flow's last state comes by the listener")
    }
}

/// Waits until adding ends: added, failed, queued or ended. `each` sees every state of adding and the last one.
pub async fn until_end(watch: &mut AddingWatch, mut each: impl FnMut(&AddDeviceState)) -> AddDeviceState {
    loop {
        let state = watch.next().await;
        let adding = matches!(state, AddDeviceState::Adding { .. });
        let before = matches!(state, AddDeviceState::Label { .. } | AddDeviceState::Details { .. });
        if !before {
            each(&state);
        }
        if !adding && !before {
            return state;
        }
    }
}
