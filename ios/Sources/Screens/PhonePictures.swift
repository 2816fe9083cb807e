// Checked on Apple only: pictures by ImageIO.
#if canImport(ImageIO)
    import Foundation
    import ImageIO
    import UniformTypeIdentifiers

    struct PhonePictures: PictureCoder {
        func longestSide(_ bytes: Data) -> Int? {
            guard let source = CGImageSourceCreateWithData(bytes as CFData, nil),
                let said = CGImageSourceCopyPropertiesAtIndex(source, 0, nil) as? [CFString: Any],
                let width = said[kCGImagePropertyPixelWidth] as? Int, let height = said[kCGImagePropertyPixelHeight] as? Int
            else { return nil }
            return max(width, height)
        }

        /// Never decoded at its full size.
        func jpeg(_ bytes: Data, longestSide: Int) -> Data? {
            let options: [CFString: Any] = [
                kCGImageSourceCreateThumbnailFromImageAlways: true, kCGImageSourceCreateThumbnailWithTransform: true,
                kCGImageSourceThumbnailMaxPixelSize: longestSide,
            ]
            guard let source = CGImageSourceCreateWithData(bytes as CFData, nil),
                let picture = CGImageSourceCreateThumbnailAtIndex(source, 0, options as CFDictionary)
            else { return nil }
            let made = NSMutableData()
            let type = UTType.jpeg.identifier as CFString
            guard let target = CGImageDestinationCreateWithData(made, type, 1, nil) else { return nil }
            CGImageDestinationAddImage(target, picture, [kCGImageDestinationLossyCompressionQuality: 0.92] as CFDictionary)
            return CGImageDestinationFinalize(target) ? made as Data : nil
        }
    }
#endif
