//! The disk under the cloud's database is full: said as such, and over as soon as there is room again.

use harness::cloud_process::CloudProcess;
use porchlight_core::Error;
use std::path::Path;
use std::process::Command;

/// A small disk of memory (tmpfs(5)), mounted for as long as it is held. Mounting is root's.
struct SmallDisk<'f>(&'f Path);

impl<'f> SmallDisk<'f> {
    fn mount(folder: &'f Path) -> Self {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "porchlight-test"])
            .arg(folder)
            .status()
            .expect("mount is there");
        assert!(mounted.success(), "these tests run as root");
        Self(folder)
    }

    /// Leaves no room at all.
    fn fill(&self) {
        let file = self.0.join("filler");
        let block = [0_u8; 4096];
        let mut filler = std::fs::File::options().create(true).append(true).open(file).expect("a file");
        while std::io::Write::write(&mut filler, &block).is_ok_and(|written| written > 0) {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).expect("it is there");
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _unmounted = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_disk_is_said_as_such_and_over_when_there_is_room() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disk = SmallDisk::mount(folder.path());
    let cloud = CloudProcess::start_in(env!("CARGO_BIN_EXE_cloud_process"), folder.path()).await;
    let (phone, site) = crate::stage::phone(&cloud, "kim@example.org").await;
    disk.fill();
    let refused = loop {
        // Some writes still fit into what the database has already.
        if let Err(error) = phone.profile().sites().make("Another", "", "Europe/Berlin").await {
            break error;
        }
    };
    assert!(matches!(refused, Error::ServerUnavailable { retry_after: Some(_) }), "{refused:?}");
    phone.profile().sites().refresh().await.expect("what needs no writing goes on");
    disk.make_room();
    phone.profile().sites().rename(site, "Lake house").await.expect("there is room");
    drop((phone, cloud));
}
