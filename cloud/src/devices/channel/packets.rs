//! MQTT v5 and v3.1.1 as one: what came in, and what goes out, in the words of the version that the device speaks.
//!
//! v5 has reason codes for most refusals. v3.1.1 has them for CONNECT and SUBSCRIBE only; everything else is said by
//! closing the connection (MQTT 3.1.1, section 4.8).

use super::rules;
use mqtt_endpoint_tokio::mqtt_ep::packet::{
    GenericPacket, MaximumPacketSize, MaximumQos, Packet, Property, Qos, RetainAvailable, ServerKeepAlive,
    SessionExpiryInterval, SharedSubscriptionAvailable, SubscriptionIdentifierAvailable, v3_1_1, v5_0,
};
use mqtt_endpoint_tokio::mqtt_ep::result_code::{
    ConnectReasonCode, ConnectReturnCode, DisconnectReasonCode, MqttError, SubackReasonCode,
    SubackReturnCode, UnsubackReasonCode,
};
use secrecy::SecretString;

/// Which version the device speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    V3,
    V5,
}

/// A CONNECT, as far as it matters here. A will is not kept: presence tells who is there.
#[derive(Debug)]
pub(super) struct ConnectRequest {
    pub dialect: Dialect,
    pub client_id: String,
    pub user_name: String,
    pub password: SecretString,
    pub keep_alive: u16,
    pub will: Option<Will>,
    /// v5's AUTH exchange, which we do not do.
    pub extended_authentication: bool,
    /// How many messages it takes unacknowledged.
    pub receive_maximum: u16,
}

/// What a will asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Will {
    pub exactly_once: bool,
    pub retain: bool,
}

/// Everything else that a device may send.
#[derive(Debug)]
pub(super) enum Incoming {
    Publish {
        topic: String,
        payload: Vec<u8>,
        qos: Qos,
        retain: bool,
        packet_id: Option<u16>,
    },
    Subscribe {
        packet_id: u16,
        filters: Vec<(String, Qos)>,
    },
    Unsubscribe {
        packet_id: u16,
        filters: Vec<String>,
    },
    Acknowledged,
    Ping,
    Goodbye,
    /// A packet that makes no sense from a device now.
    Unexpected,
}

/// Why a CONNECT is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectRefusal {
    /// Unknown device, wrong token, used token: all the same.
    NotAuthorized,
    ExtendedAuthentication,
    RetainedWill,
    ExactlyOnceWill,
    TooOften,
    Unavailable,
}

/// Why we end a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Farewell {
    TakenOver,
    ShuttingDown,
    ForeignTopic,
    ExactlyOnce,
    Retained,
    TooManyMessages,
    TooQuiet,
    Unexpected,
    Unavailable,
}

/// Reads a CONNECT; `None` if it is another packet.
pub(super) fn read_connect(packet: Packet) -> Option<ConnectRequest> {
    match packet {
        GenericPacket::V5_0Connect(connect) => Some(ConnectRequest {
            dialect: Dialect::V5,
            client_id: connect.client_id().to_owned(),
            user_name: connect.user_name().unwrap_or_default().to_owned(),
            password: read_password(connect.password()),
            keep_alive: connect.keep_alive(),
            will: connect.will_flag().then(|| Will {
                exactly_once: connect.will_qos() == Qos::ExactlyOnce,
                retain: connect.will_retain(),
            }),
            extended_authentication: connect
                .props()
                .iter()
                .any(|property| matches!(property, Property::AuthenticationMethod(_))),
            receive_maximum: connect
                .props()
                .iter()
                .find_map(|property| match property {
                    Property::ReceiveMaximum(maximum) => Some(maximum.val()),
                    _ => None,
                })
                .unwrap_or(u16::MAX),
        }),
        GenericPacket::V3_1_1Connect(connect) => Some(ConnectRequest {
            dialect: Dialect::V3,
            client_id: connect.client_id().to_owned(),
            user_name: connect.user_name().unwrap_or_default().to_owned(),
            password: read_password(connect.password()),
            keep_alive: connect.keep_alive(),
            will: connect.will_flag().then(|| Will {
                exactly_once: connect.will_qos() == Qos::ExactlyOnce,
                retain: connect.will_retain(),
            }),
            extended_authentication: false,
            receive_maximum: u16::MAX,
        }),
        _ => None,
    }
}

fn read_password(bytes: Option<&[u8]>) -> SecretString {
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default().into()
}

/// Reads any packet after CONNECT.
pub(super) fn read(packet: Packet) -> Incoming {
    match packet {
        GenericPacket::V5_0Publish(publish) => Incoming::Publish {
            topic: publish.topic_name().to_owned(),
            payload: publish.payload().as_slice().to_vec(),
            qos: publish.qos(),
            retain: publish.retain(),
            packet_id: publish.packet_id(),
        },
        GenericPacket::V3_1_1Publish(publish) => Incoming::Publish {
            topic: publish.topic_name().to_owned(),
            payload: publish.payload().as_slice().to_vec(),
            qos: publish.qos(),
            retain: publish.retain(),
            packet_id: publish.packet_id(),
        },
        GenericPacket::V5_0Subscribe(subscribe) => Incoming::Subscribe {
            packet_id: subscribe.packet_id(),
            filters: read_filters(subscribe.entries()),
        },
        GenericPacket::V3_1_1Subscribe(subscribe) => Incoming::Subscribe {
            packet_id: subscribe.packet_id(),
            filters: read_filters(subscribe.entries()),
        },
        GenericPacket::V5_0Unsubscribe(unsubscribe) => Incoming::Unsubscribe {
            packet_id: unsubscribe.packet_id(),
            filters: unsubscribe.entries().iter().map(|filter| filter.as_str().to_owned()).collect(),
        },
        GenericPacket::V3_1_1Unsubscribe(unsubscribe) => Incoming::Unsubscribe {
            packet_id: unsubscribe.packet_id(),
            filters: unsubscribe.entries().iter().map(|filter| filter.as_str().to_owned()).collect(),
        },
        GenericPacket::V5_0Puback(_) | GenericPacket::V3_1_1Puback(_) => Incoming::Acknowledged,
        GenericPacket::V5_0Pingreq(_) | GenericPacket::V3_1_1Pingreq(_) => Incoming::Ping,
        GenericPacket::V5_0Disconnect(_) | GenericPacket::V3_1_1Disconnect(_) => Incoming::Goodbye,
        _ => Incoming::Unexpected,
    }
}

fn read_filters(entries: &[mqtt_endpoint_tokio::mqtt_ep::packet::SubEntry]) -> Vec<(String, Qos)> {
    entries.iter().map(|entry| (entry.topic_filter().to_owned(), entry.sub_opts().qos())).collect()
}

/// The welcome, with what we do and do not do (MQTT 5, section 3.2.2.3).
pub(super) fn welcome(dialect: Dialect, keep_alive: u16) -> Result<Packet, MqttError> {
    match dialect {
        Dialect::V3 => Ok(v3_1_1::Connack::builder()
            .return_code(ConnectReturnCode::Accepted)
            .session_present(false)
            .build()?
            .into()),
        Dialect::V5 => {
            let mut properties = vec![
                Property::SessionExpiryInterval(SessionExpiryInterval::new(0)?),
                Property::MaximumQos(MaximumQos::new(1)?),
                Property::RetainAvailable(RetainAvailable::new(0)?),
                Property::MaximumPacketSize(MaximumPacketSize::new(rules::MAX_PACKET_BYTES)?),
                Property::SubscriptionIdentifierAvailable(SubscriptionIdentifierAvailable::new(0)?),
                Property::SharedSubscriptionAvailable(SharedSubscriptionAvailable::new(0)?),
            ];
            let granted = rules::granted_keep_alive(keep_alive);
            if granted != keep_alive {
                properties.push(Property::ServerKeepAlive(ServerKeepAlive::new(granted)?));
            }
            Ok(v5_0::Connack::builder()
                .reason_code(ConnectReasonCode::Success)
                .session_present(false)
                .props(properties)
                .build()?
                .into())
        }
    }
}

/// A refused CONNECT.
pub(super) fn refuse_connect(dialect: Dialect, refusal: ConnectRefusal) -> Result<Packet, MqttError> {
    match dialect {
        Dialect::V3 => {
            let code = match refusal {
                ConnectRefusal::TooOften | ConnectRefusal::Unavailable => {
                    ConnectReturnCode::ServerUnavailable
                }
                _ => ConnectReturnCode::NotAuthorized,
            };
            Ok(v3_1_1::Connack::builder().return_code(code).session_present(false).build()?.into())
        }
        Dialect::V5 => {
            let code = match refusal {
                ConnectRefusal::NotAuthorized => ConnectReasonCode::NotAuthorized,
                ConnectRefusal::ExtendedAuthentication => ConnectReasonCode::BadAuthenticationMethod,
                ConnectRefusal::RetainedWill => ConnectReasonCode::RetainNotSupported,
                ConnectRefusal::ExactlyOnceWill => ConnectReasonCode::QosNotSupported,
                ConnectRefusal::TooOften => ConnectReasonCode::ConnectionRateExceeded,
                ConnectRefusal::Unavailable => ConnectReasonCode::ServerUnavailable,
            };
            Ok(v5_0::Connack::builder().reason_code(code).session_present(false).build()?.into())
        }
    }
}

/// The answer to SUBSCRIBE: for each filter the quality that was granted, or none.
pub(super) fn answer_subscribe(
    dialect: Dialect,
    packet_id: u16,
    granted: &[Option<Qos>],
) -> Result<Packet, MqttError> {
    match dialect {
        Dialect::V3 => {
            let codes = granted.iter().map(|granted| match granted {
                None => SubackReturnCode::Failure,
                Some(Qos::AtMostOnce) => SubackReturnCode::SuccessMaximumQos0,
                Some(_) => SubackReturnCode::SuccessMaximumQos1,
            });
            Ok(v3_1_1::Suback::builder().packet_id(packet_id).return_codes(codes.collect()).build()?.into())
        }
        Dialect::V5 => {
            let codes = granted.iter().map(|granted| match granted {
                None => SubackReasonCode::NotAuthorized,
                Some(Qos::AtMostOnce) => SubackReasonCode::GrantedQos0,
                Some(_) => SubackReasonCode::GrantedQos1,
            });
            Ok(v5_0::Suback::builder().packet_id(packet_id).reason_codes(codes.collect()).build()?.into())
        }
    }
}

/// The answer to UNSUBSCRIBE: for each filter whether it was there.
pub(super) fn answer_unsubscribe(
    dialect: Dialect,
    packet_id: u16,
    found: &[bool],
) -> Result<Packet, MqttError> {
    match dialect {
        Dialect::V3 => Ok(v3_1_1::Unsuback::builder().packet_id(packet_id).build()?.into()),
        Dialect::V5 => {
            let codes = found.iter().map(|found| {
                if *found { UnsubackReasonCode::Success } else { UnsubackReasonCode::NoSubscriptionExisted }
            });
            Ok(v5_0::Unsuback::builder().packet_id(packet_id).reason_codes(codes.collect()).build()?.into())
        }
    }
}

/// Acknowledges a message of QoS 1.
pub(super) fn acknowledge(dialect: Dialect, packet_id: u16) -> Result<Packet, MqttError> {
    match dialect {
        Dialect::V3 => Ok(v3_1_1::Puback::builder().packet_id(packet_id).build()?.into()),
        Dialect::V5 => Ok(v5_0::Puback::builder().packet_id(packet_id).build()?.into()),
    }
}

/// A message to the device: QoS 1 with a packet id, QoS 0 without one.
pub(super) fn message(
    dialect: Dialect,
    packet_id: Option<u16>,
    topic: &str,
    payload: &str,
) -> Result<Packet, MqttError> {
    let qos = if packet_id.is_some() { Qos::AtLeastOnce } else { Qos::AtMostOnce };
    match dialect {
        Dialect::V3 => {
            let message = v3_1_1::Publish::builder().topic_name(topic)?.qos(qos).packet_id(packet_id);
            Ok(message.payload(payload).build()?.into())
        }
        Dialect::V5 => {
            let message = v5_0::Publish::builder().topic_name(topic)?.qos(qos).packet_id(packet_id);
            Ok(message.payload(payload).build()?.into())
        }
    }
}

/// What v5 is told before the connection ends; v3.1.1 has no such packet.
pub(super) fn farewell(dialect: Dialect, farewell: Farewell) -> Option<Result<Packet, MqttError>> {
    if dialect == Dialect::V3 {
        return None;
    }
    let code = match farewell {
        Farewell::TakenOver => DisconnectReasonCode::SessionTakenOver,
        Farewell::ShuttingDown => DisconnectReasonCode::ServerShuttingDown,
        Farewell::ForeignTopic => DisconnectReasonCode::NotAuthorized,
        Farewell::ExactlyOnce => DisconnectReasonCode::QosNotSupported,
        Farewell::Retained => DisconnectReasonCode::RetainNotSupported,
        Farewell::TooManyMessages => DisconnectReasonCode::MessageRateTooHigh,
        Farewell::TooQuiet => DisconnectReasonCode::KeepAliveTimeout,
        Farewell::Unexpected => DisconnectReasonCode::ProtocolError,
        Farewell::Unavailable => DisconnectReasonCode::ServerBusy,
    };
    Some(v5_0::Disconnect::builder().reason_code(code).build().map(Into::into))
}
