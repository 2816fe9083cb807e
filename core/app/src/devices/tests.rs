//! The list of devices, with the outbox laid over it.

use super::listed::lay_over;
use super::{ListedDevice, QueuedDevice};
use crate::cache::Part;
use crate::testing::*;
use crate::{ConflictReason, Error};
use porchlight_protocol::ClaimId;
use porchlight_protocol::devices::{Device, Section};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

fn queued(number: u32) -> QueuedDevice {
    QueuedDevice {
        claim: ClaimId(id(number).parse().unwrap()),
        maker: "lumen".parse().unwrap(),
        serial: format!("CAM-{number:04}").parse().unwrap(),
        model: "LX-4".parse().unwrap(),
        section: Section::Video,
        site: SITE.parse().unwrap(),
        name: format!("Queued {number}"),
        needs_you: false,
    }
}

fn names(part: &Part<ListedDevice>) -> Vec<&str> {
    fn name(listed: &ListedDevice) -> &str {
        match listed {
            ListedDevice::Added(device) => &device.name,
            ListedDevice::Queued(device) => &device.name,
        }
    }
    part.items.iter().map(name).collect()
}

/// Three added devices, asked for as a cache is.
fn added(offset: u32, count: u32) -> Part<Device> {
    let all = (1..=3)
        .map(|number| serde_json::from_value(device(&id(number), &format!("Added {number}"))).unwrap());
    let items = all.skip(offset as usize).take(count as usize).collect();
    Part { items, total: 3, as_of: Some(5), connection: crate::Connection::Live }
}

#[test]
fn queued_devices_stand_on_top_whatever_window_is_asked_for() {
    let whole = ["Queued 1", "Queued 2", "Added 1", "Added 2", "Added 3"];
    for offset in 0..7_u32 {
        for count in 1..7_u32 {
            let part = lay_over(vec![queued(1), queued(2)], offset, count, added);
            let expected: Vec<_> = whole.into_iter().skip(offset as usize).take(count as usize).collect();
            assert_eq!(names(&part), expected, "{offset} {count}");
            assert_eq!((part.total, part.as_of, part.connection), (5, Some(5), crate::Connection::Live));
        }
    }
}

#[tokio::test]
async fn window_shows_one_section_or_one_site() {
    let cloud = cloud_with_sign_in().await;
    let mut door = device(&id(2), "Door");
    door["section"] = json!("access");
    let mut future = device(&id(3), "Future");
    (future["section"], future["site"]) = (json!("of_the_future"), json!(id(9)));
    answer_lists(&cloud, json!([]), json!([device(&id(1), "Gate"), door, future])).await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let devices = core.profile().devices();
    devices.refresh().await.unwrap();
    let total = async |section, site: Option<&str>| {
        devices.window(section, site.map(|site| site.parse().unwrap()), 0, 10).await.unwrap().total
    };
    assert_eq!(total(None, None).await, 3);
    assert_eq!(total(Some(Section::Access), None).await, 1);
    assert_eq!(total(None, Some(SITE)).await, 2);
    assert_eq!(total(Some(Section::Unknown), Some(SITE)).await, 0);
    assert_eq!(total(Some(Section::Unknown), None).await, 1);
}

#[tokio::test]
async fn renamed_moved_and_released_device_is_so_when_its_call_returns() {
    let cloud = cloud_with_sign_in().await;
    answer_lists(&cloud, json!([]), json!([device(&id(1), "Gate")])).await;
    let route = format!("/v1/devices/{}", id(1));
    let mut moved = device(&id(1), "Front gate");
    moved["site"] = json!(id(9));
    answer(&cloud, "PATCH", &route, ResponseTemplate::new(200).set_body_json(moved)).await;
    answer(&cloud, "DELETE", &route, ResponseTemplate::new(204)).await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let devices = core.profile().devices();
    devices.refresh().await.unwrap();
    let device = id(1).parse().unwrap();
    assert_eq!(devices.rename(device, "Front gate").await.unwrap().name, "Front gate");
    assert_eq!(devices.move_to(device, id(9).parse().unwrap()).await.unwrap().site.to_string(), id(9));
    assert_eq!(devices.get(device).await.unwrap().name, "Front gate");
    devices.release(device).await.unwrap();
    assert_eq!(devices.get(device).await, Err(Error::NotFound));
    let bodies: Vec<Value> = requests_to(&cloud, &route)
        .await
        .iter()
        .map(|request| serde_json::from_slice(&request.body).unwrap_or(Value::Null))
        .collect();
    assert_eq!(bodies, [json!({ "name": "Front gate" }), json!({ "site": id(9) }), Value::Null]);
}

#[tokio::test]
async fn refused_change_says_why_and_changes_nothing() {
    let cloud = cloud_with_sign_in().await;
    answer_lists(&cloud, json!([]), json!([device(&id(1), "Gate")])).await;
    answer(&cloud, "DELETE", &format!("/v1/devices/{}", id(1)), problem(409, "of_the_future")).await;
    let (_phone, core) = signed_in_phone(&cloud).await;
    let devices = core.profile().devices();
    devices.refresh().await.unwrap();
    let refused = devices.release(id(1).parse().unwrap()).await;
    assert_eq!(refused, Err(Error::Conflict { reason: ConflictReason::NotNow }));
    assert_eq!(devices.window(None, None, 0, 1).await.unwrap().total, 1);
}
