import Bridge
import Foundation
import Testing

@testable import Screens

/// What is done with pictures and frames before the core reads them.
@Suite struct PictureTests {
    private struct Coder: PictureCoder {
        let side: Int?
        func longestSide(_ bytes: Data) -> Int? { side }
        func jpeg(_ bytes: Data, longestSide: Int) -> Data? { Data("jpeg of \(longestSide)".utf8) }
    }

    private let jpeg = Data([0xFF, 0xD8, 0xFF, 0xE0])
    private let png = Data([0x89, 0x50, 0x4E, 0x47])
    private let heic = Data([0, 0, 0, 0x18] + Array("ftypheic".utf8))

    @Test func pictureThatTheCoreReadsIsHandedOverAsItIs() {
        #expect(forTheCore(jpeg, Coder(side: 4096)) == jpeg)
        #expect(forTheCore(png, Coder(side: 100)) == png)
    }

    @Test func otherKindsBecomeAJpegOfTheirSize() {
        #expect(forTheCore(heic, Coder(side: 4032)) == Data("jpeg of 4032".utf8))
    }

    @Test func pictureThatIsTooLongIsShrunk() {
        #expect(forTheCore(jpeg, Coder(side: 8064)) == Data("jpeg of 4096".utf8))
        #expect(forTheCore(heic, Coder(side: 8064)) == Data("jpeg of 4096".utf8))
    }

    @Test func whatIsNoPictureIsLeftToTheCore() {
        #expect(forTheCore(Data("no picture".utf8), Coder(side: nil)) == Data("no picture".utf8))
    }

    @Test func outlineStandsWhereTheFrameIsCut() {
        let frame = CGSize(width: 720, height: 1280)
        let view = CGSize(width: 360, height: 320)
        let middle = place(CodeCorner(x: 0.5, y: 0.5), of: frame, filling: view)
        #expect(middle == CGPoint(x: 180, y: 160))
        let corner = place(CodeCorner(x: 0, y: 0), of: frame, filling: view)
        #expect(corner == CGPoint(x: 0, y: -160))
    }

    @Test(arguments: [(0.0, FrameRotation.none), (90, .quarter), (180, .half), (270, .threeQuarters), (-90, .threeQuarters)])
    func frameIsTurnedAsThePhoneIsHeld(degrees: Double, expected: FrameRotation) {
        #expect(rotation(degrees: degrees) == expected)
    }
}
