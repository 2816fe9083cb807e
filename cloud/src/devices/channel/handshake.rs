//! Who is connecting: CONNECT, checked.
//!
//! 1. Client id, user name and the token's subject are one name, `<maker>.<serial>`.
//! 2. The password is the device's token ([`super::token`]), checked with the key that the inventory lists. An unknown
//!    device is checked with nobody's key, so that it takes as long and reads the same as a wrong token.
//! 3. The token is used up, and the device is there, in one transaction.
//!
//! A will is ignored (presence says who is there), but what the welcome will say is not supported is refused in it too
//! (MQTT 5, sections 3.2.2.3.4 and 3.2.2.3.5).

use super::packets::{ConnectRefusal, ConnectRequest};
use super::{Channel, presence, store, token};
use porchlight_protocol::DeviceName;
use uuid::Uuid;

/// A device that may stay.
#[derive(Debug)]
pub(super) struct Admitted {
    pub device: DeviceName,
    pub connection: Uuid,
    /// Milliseconds UTC at which the database was told.
    pub since: i64,
}

/// Checks a CONNECT; the device is in the presence table when it is admitted.
pub(super) async fn admit(channel: &Channel, connect: &ConnectRequest) -> Result<Admitted, ConnectRefusal> {
    if connect.extended_authentication {
        return Err(ConnectRefusal::ExtendedAuthentication);
    }
    if let Some(will) = connect.will {
        if will.retain {
            return Err(ConnectRefusal::RetainedWill);
        }
        if will.exactly_once {
            return Err(ConnectRefusal::ExactlyOnceWill);
        }
    }
    if connect.user_name != connect.client_id {
        return Err(ConnectRefusal::NotAuthorized);
    }
    let device: DeviceName = connect.client_id.parse().map_err(|_| ConnectRefusal::NotAuthorized)?;
    let listed = listed_key(channel, &device).await?;
    let key = listed.as_deref().unwrap_or(&token::NOBODYS_KEY);
    let audience = &channel.state.settings.link_host;
    let checked = token::check_token(&connect.password, key, &device, audience, crate::now());
    let Some(checked) = checked.filter(|_| listed.is_some()) else {
        tracing::info!(%device, "a device was refused");
        return Err(ConnectRefusal::NotAuthorized);
    };
    // Only now: a stranger who knows a device's name must not be able to use up its connections.
    if channel.connects.check_key(&device).is_err() {
        return Err(ConnectRefusal::TooOften);
    }
    let connection = Uuid::now_v7();
    match presence::arrive(channel, &device, &checked, connection).await {
        Ok(Some(since)) => Ok(Admitted { device, connection, since }),
        Ok(None) => {
            tracing::warn!(%device, "a device's token was used a second time");
            Err(ConnectRefusal::NotAuthorized)
        }
        Err(error) => {
            tracing::warn!(%device, %error, "a device could not be admitted");
            Err(ConnectRefusal::Unavailable)
        }
    }
}

async fn listed_key(channel: &Channel, device: &DeviceName) -> Result<Option<Vec<u8>>, ConnectRefusal> {
    let key = async { store::key_of_device(&mut *channel.state.db.read().await?, device).await };
    key.await.map_err(|error| {
        tracing::warn!(%device, %error, "a device's key could not be read");
        ConnectRefusal::Unavailable
    })
}
