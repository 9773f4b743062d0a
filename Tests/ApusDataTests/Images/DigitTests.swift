import ApusFormats
import Glibc
import Testing
import _ApusTestSupport

@testable import ApusData

/// Pictures of digits, made as MNIST's were.
@Suite struct DigitTests {
    /// Drawn digits as they should come out. One whose centre of mass is between two pixels may be moved by one each time:
    /// these are not.
    private static let digits: [Image] = (0..<14).compactMap { index in
        let pixels = SyntheticDigits().pixels(index, of: .test)
        let digit = Image(width: 28, height: 28, format: .gray, pixels: pixels).digit()?.digit()
        return digit?.digit() == digit ? digit : nil
    }

    @Test func mostDigitsStayAsTheyCameOut() { #expect(Self.digits.count > 6) }

    /// A digit, each pixel enlarged to a square, on a canvas of its own: how strongly each pixel is drawn on.
    private func canvas(
        _ digit: Image, scale: Int, width: Int, height: Int, left: Int = 0, top: Int = 0
    ) -> [Double] {
        var strength = [Double](repeating: 0, count: width * height)
        for y in 0..<28 * scale where (0..<height).contains(top + y) {
            for x in 0..<28 * scale where (0..<width).contains(left + x) {
                strength[(top + y) * width + left + x] =
                    Double(digit.pixels[y / scale * 28 + x / scale]) / 255
            }
        }
        return strength
    }

    private func gray(_ strength: [Double], width: Int, ink: Double, ground: (Double, Double) -> Double)
        -> Image
    {
        let height = strength.count / width
        let pixels = strength.indices.map { index -> UInt8 in
            let behind = ground(
                Double(index % width) / Double(width - 1), Double(index / width) / Double(height - 1))
            return UInt8((behind + (ink - behind) * strength[index]).rounded())
        }
        return Image(width: width, height: height, format: .gray, pixels: pixels)
    }

    /// The mean difference of two digits' pixels; a digit moved by a pixel differs by 20 and more.
    private func difference(_ found: Image?, _ digit: Image) -> Double {
        guard let found, found.width == 28, found.height == 28, found.format == .gray else {
            return .infinity
        }
        let sum = zip(found.pixels, digit.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / 784
    }

    @Test func sizePlaceAndShapeOfThePictureDoNotMatter() {
        let canvases: [(scale: Int, width: Int, height: Int, left: Int, top: Int)] = [
            (1, 28, 28, 0, 0), (1, 60, 60, 0, 0), (1, 60, 60, 32, 32), (1, 200, 40, 150, 6),
            (2, 56, 56, 0, 0), (2, 300, 64, 10, 4), (3, 100, 400, 8, 290), (5, 145, 141, 3, 0),
            (4, 260, 240, 140, 120),
        ]
        for digit in Self.digits.prefix(5) {
            for place in canvases {
                let strength = canvas(
                    digit, scale: place.scale, width: place.width, height: place.height, left: place.left,
                    top: place.top)
                for (ink, ground) in [(255.0, 0.0), (0, 255), (30, 200), (255, 128), (0, 100), (140, 110)] {
                    let picture = gray(strength, width: place.width, ink: ink) { _, _ in ground }
                    // In thirty grays a centre of mass is found less well: a pixel's move at most.
                    let limit = abs(ink - ground) < 60 ? 25.0 : 10.0
                    #expect(difference(picture.digit(), digit) < limit, "\(place) \(ink) on \(ground)")
                }
            }
        }
    }

    /// A digit of eight pixels in a corner is enlarged: less sharp, but the same.
    @Test func smallOnesAreEnlarged() {
        for digit in Self.digits {
            let small = Image(width: 11, height: 11, format: .gray, pixels: digit.resampled(to: 11, 11))
            for corner in [0, 17] {
                var pixels = [UInt8](repeating: 0, count: 784)
                for y in 0..<11 {
                    for x in 0..<11 { pixels[(y + corner) * 28 + x + corner] = small.pixels[y * 11 + x] }
                }
                let picture = Image(width: 28, height: 28, format: .gray, pixels: pixels)
                #expect(difference(picture.digit(), digit) < 32)
            }
        }
    }

    private static func vignette(_ x: Double, _ y: Double) -> Double {
        let (dx, dy) = (x - 0.5, y - 0.5)
        return 190.0 - 180.0 * (dx * dx + dy * dy)
    }

    private static func oneSided(_ x: Double, _ y: Double) -> Double {
        let square: Double = x * x
        return 90.0 + 60.0 * square + 30.0 * y
    }

    @Test func theGroundMayBeUneven() {
        let grounds: [(name: String, ground: (Double, Double) -> Double)] = [
            ("slope", { (x: Double, _: Double) -> Double in 60.0 + 120.0 * x }),
            ("tilted", { (x: Double, y: Double) -> Double in 170.0 - 60.0 * (x + y) }),
            ("vignette", Self.vignette), ("light from one side", Self.oneSided),
        ]
        for digit in Self.digits.prefix(5) {
            for (name, ground) in grounds {
                for (scale, width, height) in [(1, 40, 36), (4, 160, 150)] {
                    let strength = canvas(digit, scale: scale, width: width, height: height, left: 5, top: 4)
                    for ink in [0.0, 255] {
                        let picture = gray(strength, width: width, ink: ink, ground: ground)
                        #expect(difference(picture.digit(), digit) < 14, "\(name), \(width), ink \(ink)")
                    }
                }
                let empty = gray([Double](repeating: 0, count: 3000), width: 60, ink: 0, ground: ground)
                #expect(empty.digit() == nil, "\(name)")
            }
        }
    }

    @Test func grainAndSpecksAreNotInk() {
        var random = CounterGenerator(seed: 3, stream: 1, index: 4)
        for digit in Self.digits.prefix(5) {
            let strength = canvas(digit, scale: 4, width: 200, height: 180, left: 60, top: 30)
            var picture = gray(strength, width: 200, ink: 20) { _, _ in 200 }
            for i in picture.pixels.indices {
                picture.pixels[i] = UInt8(min(max(Int(picture.pixels[i]) + random.below(17) - 8, 0), 255))
            }
            for corner in [2 * 200 + 2, 177 * 200 + 196] { picture.pixels[corner] = 0 }
            #expect(difference(picture.digit(), digit) < 25)
        }
    }

    @Test func blankPicturesAreBlank() {
        for value in [0, 1, 128, 254, 255] as [UInt8] {
            for (width, height) in [(1, 1), (28, 28), (300, 2), (1500, 1)] {
                let pixels = [UInt8](repeating: value, count: width * height)
                #expect(Image(width: width, height: height, format: .gray, pixels: pixels).digit() == nil)
            }
        }
        var random = CounterGenerator(seed: 1, stream: 1, index: 1)
        let grain = (0..<10_000).map { _ in UInt8(120 + random.below(9)) }
        #expect(Image(width: 100, height: 100, format: .gray, pixels: grain).digit() == nil)
    }

    /// Each pixel of a digit as a few bytes.
    private func rows(_ digit: Image, _ pixel: (UInt8) -> [UInt8]) -> [[UInt8]] {
        (0..<28).map { y in digit.pixels[y * 28..<y * 28 + 28].flatMap(pixel) }
    }

    /// A sheet with ink on it, cut out: transparent around.
    private func sheet(_ digit: Image) -> [UInt8] {
        var rows: [[UInt8]] = []
        for y in 0..<40 {
            var row: [UInt8] = []
            for x in 0..<40 {
                if (6..<34).contains(x) && (6..<34).contains(y) {
                    let ink = digit.pixels[(y - 6) * 28 + x - 6] / 2
                    row += [250 - ink, 240 - ink, 200 - ink, 255]
                } else {
                    row += [9, 9, 9, 0]
                }
            }
            rows.append(row)
        }
        return png(40, 40, depth: 8, colorType: 6, rows: rows)
    }

    /// White or black strokes on nothing, colours, palettes and 16 bits, through PNG files.
    @Test func transparencyShowsTheDrawing() throws {
        func found(_ file: [UInt8]) throws -> Image? {
            try PNG.decode(file, name: "x", background: nil).digit()
        }
        for digit in Self.digits {
            for shade in [0, 128, 255] as [UInt8] {
                let other = 255 - shade
                let gray = png(28, 28, depth: 8, colorType: 4, rows: rows(digit) { [shade, $0] })
                #expect(try difference(found(gray), digit) < 10, "\(shade)")
                let colored = png(
                    28, 28, depth: 8, colorType: 6, rows: rows(digit) { [shade, shade, other, $0] })
                #expect(try difference(found(colored), digit) < 10, "\(shade)")
            }
            #expect(try difference(found(sheet(digit)), digit) < 10)
            let deep = png(28, 28, depth: 16, colorType: 0, rows: rows(digit) { [255 - $0, 255 - $0] })
            #expect(try difference(found(deep), digit) < 3)
            // White, and more or less transparent, from a palette.
            let shades = (0..<16).map { UInt8($0 * 17) }
            let white = [UInt8](repeating: 255, count: 48)
            let palette = png(
                28, 28, depth: 8, colorType: 3, rows: rows(digit) { [$0 / 16] },
                extra: [("PLTE", white), ("tRNS", shades)])
            #expect(try difference(found(palette), digit) < 8)
        }
        let empty = [[UInt8]](repeating: [UInt8](repeating: 0, count: 16), count: 4)
        #expect(try found(png(4, 4, depth: 8, colorType: 6, rows: empty)) == nil)
    }

    @Test func theRightBackgroundIsChosen() throws {
        let file = png(2, 1, depth: 8, colorType: 4, rows: [[200, 255, 200, 0]])
        #expect(try PNG.decode(file, name: "x", background: nil).pixels == [200, 0])
        let dark = png(2, 1, depth: 8, colorType: 6, rows: [[9, 8, 7, 0, 1, 2, 3, 255]])
        #expect(try PNG.decode(dark, name: "x", background: nil).pixels == [255, 255, 255, 1, 2, 3])
    }

    @Test(.enabled(if: realMNIST != nil)) func picturesOfMNISTStayAsTheyAre() throws {
        let images = try MNIST.load(.test, from: try #require(realMNIST))
        var (same, moved) = (0, 0)
        for index in 0..<200 {
            let bytes = UnsafeRawBufferPointer(start: images.pixels.pointer + index * 784, count: 784)
            let picture = Image(width: 28, height: 28, format: .gray, pixels: Array(bytes))
            let through = try PNG.decode(PNG.encode(picture), name: "x", background: nil)
            let largest = Double(picture.pixels.max()!)
            let expected = picture.pixels.map { UInt8((Double($0) * 255 / largest).rounded()) }
            let found = try #require(through.digit()).pixels
            if zip(found, expected).allSatisfy({ abs(Int($0) - Int($1)) <= 1 }) {
                same += 1
            } else {
                moved += 1
            }
        }
        #expect(moved <= 2, "\(same) the same")
    }

    @Test func laysTilesOut() {
        let sheet = Image.contactSheet(tiles: [1, 2, 3], width: 1, height: 1, columns: 2, gap: 1)
        #expect(sheet.width == 5 && sheet.height == 5)
        #expect([6, 8, 16, 18].map { sheet.pixels[$0] } == [1, 2, 3, 64])
    }
}
