import ApusFormats
import Glibc
import Testing
import _ApusTestSupport

@Suite struct PNGTests {
    let scratch = TemporaryFolder()

    private func error(_ bytes: [UInt8], pixelLimit: Int = PNG.defaultPixelLimit) -> FileError? {
        do {
            _ = try PNG.decode(bytes, name: "x.png", pixelLimit: pixelLimit)
            return nil
        } catch {
            return error
        }
    }

    @Test func readsWhatItWrites() throws {
        for format in [Image.Format.gray, .rgb] {
            var random = SeededGenerator(state: 1)
            let pixels = (0..<31 * 17 * format.channels).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            let image = Image(width: 31, height: 17, format: format, pixels: pixels)
            let path = "\(scratch.path)/a.png"
            try PNG.write(image, to: path)
            #expect(try PNG.read(path) == image)
        }
    }

    @Test func convertsBetweenGrayAndColor() throws {
        let colors = Image(width: 2, height: 1, format: .rgb, pixels: [255, 0, 0, 10, 200, 30])
        let gray = try PNG.decode(PNG.encode(colors), name: "x", as: .gray)
        // Pillow's convert("L") of the same two pixels.
        #expect(gray.pixels == [76, 124])
        let back = try PNG.decode(PNG.encode(gray), name: "x", as: .rgb)
        #expect(back.pixels == [76, 76, 76, 124, 124, 124])
    }

    @Test func readsEveryColorType() throws {
        let palette: [UInt8] = [1, 2, 3, 40, 50, 60]
        let cases: [(file: [UInt8], format: Image.Format, pixels: [UInt8])] = [
            (
                png(8, 1, depth: 1, colorType: 0, rows: [[0b1010_0001]]), .gray,
                [255, 0, 255, 0, 0, 0, 0, 255]
            ),
            (png(2, 1, depth: 4, colorType: 0, rows: [[0x0F]]), .gray, [0, 255]),
            (png(2, 2, depth: 8, colorType: 0, rows: [[1, 2], [3, 4]]), .gray, [1, 2, 3, 4]),
            (png(2, 1, depth: 16, colorType: 0, rows: [[0xAB, 0xCD, 0, 0xFF]]), .gray, [171, 1]),
            (png(1, 2, depth: 8, colorType: 2, rows: [[1, 2, 3], [4, 5, 6]]), .rgb, [1, 2, 3, 4, 5, 6]),
            (
                png(1, 1, depth: 16, colorType: 2, rows: [[1, 0, 2, 0, 0xFF, 0xFF]]), .rgb, [1, 2, 255]
            ),
            (
                png(3, 1, depth: 8, colorType: 3, rows: [[1, 0, 1]], extra: [("PLTE", palette)]), .rgb,
                [40, 50, 60, 1, 2, 3, 40, 50, 60]
            ),
            (png(2, 1, depth: 8, colorType: 4, rows: [[9, 255, 9, 0]]), .gray, [9, 255]),
            (
                png(2, 1, depth: 8, colorType: 6, rows: [[7, 8, 9, 255, 7, 8, 9, 0]]), .rgb,
                [7, 8, 9, 255, 255, 255]
            ),
        ]
        for (file, format, pixels) in cases {
            let image = try PNG.decode(file, name: "x")
            #expect(image.format == format && image.pixels == pixels)
        }
    }

    @Test func showsTheBackgroundThroughTransparency() throws {
        let file = png(2, 1, depth: 8, colorType: 4, rows: [[200, 255, 200, 0]])
        #expect(try PNG.decode(file, name: "x", background: 0).pixels == [200, 0])
        #expect(try PNG.decode(file, name: "x", background: 100).pixels == [200, 100])
    }

    @Test func namesWhatIsWrong() {
        let missing = "\(scratch.path)/none.png"
        #expect(throws: FileError(path: missing, .missing, "no such file")) { try PNG.read(missing) }
        let reason = "expected a regular file, found a folder"
        #expect(throws: FileError(path: scratch.path, .otherFormat, reason)) {
            try PNG.read(scratch.path)
        }
        #expect(
            error([0xFF, 0xD8, 0xFF])
                == FileError(
                    path: "x.png", .otherFormat,
                    "expected a PNG file, found one that begins with [ff d8 ff]"))
        let file = png(2, 2, depth: 8, colorType: 0, rows: [[1, 2], [3, 4]])
        for count in 8..<file.count - 12 {
            #expect(error(Array(file[..<count]))?.kind == .damaged, "\(count) bytes")
        }
        var wrong = file
        wrong[45] ^= 0xFF
        #expect(error(wrong)?.kind == .damaged)
    }

    @Test func checksTheHeaderBeforeTakingMemory() {
        let file = png(60, 50, depth: 8, colorType: 0, rows: [])
        func tooLarge(_ reason: String) -> FileError { FileError(path: "x.png", .tooLarge, reason) }
        #expect(
            error(file, pixelLimit: 2999) == tooLarge("expected at most 2999 pixels, found 60 × 50"))
        let wide = png(0x7FFF_FFFF, 0x7FFF_FFFF, depth: 8, colorType: 6, rows: [])
        #expect(
            error(wide)
                == tooLarge("expected at most 89478485 pixels, found 2147483647 × 2147483647"))
        let bomb = png(9000, 9000, depth: 8, colorType: 2, rows: [])
        #expect(
            error(bomb)
                == tooLarge(
                    "expected at most the pixels that \(bomb.count) bytes can hold, found a header of "
                        + "9000 × 9000"))
    }

    @Test func leavesNothingHalfWritten() {
        let image = Image(width: 1, height: 1, format: .gray, pixels: [5])
        #expect(throws: FileError.self) { try PNG.write(image, to: "\(scratch.path)/no/where.png") }
        #expect(throws: FileError.self) { try PNG.write(image, to: scratch.path) }
    }

    @Test func streamsAreReadToTheirEnd() throws {
        let picture = Image(width: 2, height: 1, format: .gray, pixels: [5, 6])
        let path = scratch.write("digit.png", PNG.encode(picture))
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        #expect(try PNG.read(descriptor: descriptor, name: "stream") == picture)
        let reason = "expected a PNG file, found one that begins with"
        #expect(throws: FileError(path: "stream", .otherFormat, "\(reason) []")) {
            try PNG.read(descriptor: descriptor, name: "stream")
        }
        // What is no PNG is not read for ever.
        let zeros = open("/dev/zero", O_RDONLY)
        defer { close(zeros) }
        #expect(
            throws: FileError(path: "0", .otherFormat, "\(reason) [00 00 00 00 00 00 00 00]")
        ) {
            try PNG.read(descriptor: zeros, name: "0")
        }
        #expect(throws: FileError(path: "-1", .system(EBADF), "cannot read: Bad file descriptor")) {
            try PNG.read(descriptor: -1, name: "-1")
        }
    }
}
