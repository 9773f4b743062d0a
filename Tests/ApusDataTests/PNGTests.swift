import Testing

@testable import ApusData

@Suite struct PNGTests {
    let scratch = Scratch()

    private func error(_ bytes: [UInt8], pixelLimit: Int = PNG.defaultPixelLimit) -> ImageError? {
        do {
            _ = try PNG.decode(bytes, name: "x.png", pixelLimit: pixelLimit)
            return nil
        } catch {
            return error
        }
    }

    @Test func readsWhatItWrites() throws {
        for format in [Image.Format.gray, .rgb] {
            var random = CounterGenerator(seed: 1, stream: 2, index: 3)
            let pixels = (0..<31 * 17 * format.channels).map { _ in UInt8(random.below(256)) }
            let image = Image(width: 31, height: 17, format: format, pixels: pixels)
            let path = "\(scratch.path)/a.png"
            try PNG.write(image, to: path)
            #expect(try PNG.read(path) == image)
        }
    }

    @Test func convertsBetweenGrayAndColour() throws {
        let colours = Image(width: 2, height: 1, format: .rgb, pixels: [255, 0, 0, 10, 200, 30])
        let gray = try PNG.decode(PNG.encode(colours), name: "x", as: .gray)
        // Pillow's convert("L") of the same two pixels.
        #expect(gray.pixels == [76, 124])
        let back = try PNG.decode(PNG.encode(gray), name: "x", as: .rgb)
        #expect(back.pixels == [76, 76, 76, 124, 124, 124])
    }

    @Test func readsEveryColourType() throws {
        let palette: [UInt8] = [1, 2, 3, 40, 50, 60]
        let cases: [(file: [UInt8], format: Image.Format, pixels: [UInt8])] = [
            (
                png(8, 1, depth: 1, colourType: 0, rows: [[0b1010_0001]]), .gray,
                [255, 0, 255, 0, 0, 0, 0, 255]
            ),
            (png(2, 1, depth: 4, colourType: 0, rows: [[0x0F]]), .gray, [0, 255]),
            (png(2, 2, depth: 8, colourType: 0, rows: [[1, 2], [3, 4]]), .gray, [1, 2, 3, 4]),
            (png(2, 1, depth: 16, colourType: 0, rows: [[0xAB, 0xCD, 0, 0xFF]]), .gray, [171, 1]),
            (png(1, 2, depth: 8, colourType: 2, rows: [[1, 2, 3], [4, 5, 6]]), .rgb, [1, 2, 3, 4, 5, 6]),
            (
                png(1, 1, depth: 16, colourType: 2, rows: [[1, 0, 2, 0, 0xFF, 0xFF]]), .rgb, [1, 2, 255]
            ),
            (
                png(3, 1, depth: 8, colourType: 3, rows: [[1, 0, 1]], extra: [("PLTE", palette)]), .rgb,
                [40, 50, 60, 1, 2, 3, 40, 50, 60]
            ),
            (png(2, 1, depth: 8, colourType: 4, rows: [[9, 255, 9, 0]]), .gray, [9, 255]),
            (
                png(2, 1, depth: 8, colourType: 6, rows: [[7, 8, 9, 255, 7, 8, 9, 0]]), .rgb,
                [7, 8, 9, 255, 255, 255]
            ),
        ]
        for (file, format, pixels) in cases {
            let image = try PNG.decode(file, name: "x")
            #expect(image.format == format && image.pixels == pixels)
        }
    }

    @Test func showsTheBackgroundThroughTransparency() throws {
        let file = png(2, 1, depth: 8, colourType: 4, rows: [[200, 255, 200, 0]])
        #expect(try PNG.decode(file, name: "x", background: 0).pixels == [200, 0])
        #expect(try PNG.decode(file, name: "x", background: 100).pixels == [200, 100])
    }

    @Test func namesWhatIsWrong() {
        let missing = "\(scratch.path)/none.png"
        #expect(throws: ImageError.missing(file: missing)) { try PNG.read(missing) }
        #expect(throws: ImageError.notReadable(file: scratch.path, reason: "it is a directory")) {
            try PNG.read(scratch.path)
        }
        #expect(
            error([0xFF, 0xD8, 0xFF])
                == .wrongFormat(file: "x.png", expected: "PNG", found: [0xFF, 0xD8, 0xFF]))
        let file = png(2, 2, depth: 8, colourType: 0, rows: [[1, 2], [3, 4]])
        for count in 8..<file.count - 12 {
            guard case .damaged = error(Array(file[..<count])) else {
                Issue.record("\(count) bytes gave \(String(describing: error(Array(file[..<count]))))")
                continue
            }
        }
        var wrong = file
        wrong[45] ^= 0xFF
        guard case .damaged = error(wrong) else {
            Issue.record("a wrong byte passed")
            return
        }
    }

    @Test func checksTheHeaderBeforeTakingMemory() {
        let file = png(60, 50, depth: 8, colourType: 0, rows: [])
        #expect(error(file, pixelLimit: 2999) == .tooLarge(file: "x.png", width: 60, height: 50, limit: 2999))
        let wide = png(0x7FFF_FFFF, 0x7FFF_FFFF, depth: 8, colourType: 6, rows: [])
        #expect(
            error(wide)
                == .tooLarge(
                    file: "x.png", width: 0x7FFF_FFFF, height: 0x7FFF_FFFF, limit: 89_478_485))
        let bomb = png(9000, 9000, depth: 8, colourType: 2, rows: [])
        #expect(error(bomb) == .implausible(file: "x.png", width: 9000, height: 9000, fileSize: bomb.count))
    }

    @Test func leavesNothingHalfWritten() {
        let image = Image(width: 1, height: 1, format: .gray, pixels: [5])
        #expect(throws: ImageError.self) { try PNG.write(image, to: "\(scratch.path)/no/where.png") }
        #expect(throws: ImageError.self) { try PNG.write(image, to: scratch.path) }
    }

    @Test func laysTilesOut() {
        let sheet = Image.contactSheet(tiles: [1, 2, 3], width: 1, height: 1, columns: 2, gap: 1)
        #expect(sheet.width == 5 && sheet.height == 5)
        #expect([6, 8, 16, 18].map { sheet.pixels[$0] } == [1, 2, 3, 64])
    }
}
