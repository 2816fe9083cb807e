//! Reading labels from photographs, and holding the deadline whatever the picture.

mod frames;
mod hostile;
mod photographs;

/// What labels say, in the families that `porchlight-label` knows; short and long.
const TEXTS: [&str; 8] = [
    "PL1:LX4-0000123:LX-4:2Z7HR9KM4T0XWQ5A:8D3NVY6P1C0GJ2SB:7KQ9",
    "PL1:CAM-2024-000777:CAM-PRO-4K:2Z7HR9KM4T0XWQ5A:7KQ9",
    "{SN:2J021B3PAK00120,DT:IPC-HFW1120SP-W-0280B,RC:564897}",
    "2M047C9PAN00005:DHI-ARD1611-W:PJ0V46",
    "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9",
    "00:1A:2B:3C:4D:5E",
    "SN-4T7K2",
    "{SN:2J021B3PAK00120,DT:IPC-HFW1120SP-W-0280B,SC:L2ABC123,NC:0123456789ABCDEF,RC:564897ABCDEF}",
];
