import Foundation

/// The phone's own decoder of pictures.
protocol PictureCoder {
    /// The longer side in pixels; nothing for what is no picture.
    func longestSide(_ bytes: Data) -> Int?
    /// As a JPEG that is no longer than this, upright.
    func jpeg(_ bytes: Data, longestSide: Int) -> Data?
}

/// A picture that a person picked, as the core reads it: PNG or JPEG, at most 4096 pixels on its long side. What a phone
/// keeps otherwise (HEIC, WebP) becomes a JPEG; what is no picture is left to the core to say.
func forTheCore(_ bytes: Data, _ coder: any PictureCoder) -> Data {
    guard bytes.count <= mostBytes, let longest = coder.longestSide(bytes) else { return bytes }
    let isReadable = [png, jpeg].contains { bytes.starts(with: $0) }
    if isReadable, longest <= longestSide { return bytes }
    return coder.jpeg(bytes, longestSide: min(longest, longestSide)) ?? bytes
}

private let longestSide = 4096
/// The core says of more that it is too much.
private let mostBytes = 64 * 1024 * 1024
private let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47]
private let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF]
