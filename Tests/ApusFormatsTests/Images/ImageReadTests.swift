import ApusFormats
import Glibc
import Testing
import _ApusTestSupport

@Suite struct ImageReadTests {
    let scratch = TemporaryFolder()

    private func error(_ bytes: [UInt8], pixelLimit: Int = Image.defaultPixelLimit) -> FileError? {
        do {
            _ = try Image.decode(bytes, name: "x", pixelLimit: pixelLimit)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ImageFixtures.names)
    func pixelsArePillows(_ name: String) throws {
        // The name does not tell the format.
        let path = scratch.write("picture.bin", ImageFixtures.file(name))
        for format in [Image.Format.rgb, .gray] {
            let (read, expected) = (try Image.read(path, as: format), ImageFixtures.image(name, as: format))
            #expect(read.width == expected.width && read.height == expected.height && read.format == format)
            let differences = zip(read.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
            #expect(read == expected, "differs by up to \(differences.max() ?? 0)")
        }
    }

    @Test func grayStaysGrayUnlessAskedFor() throws {
        #expect(try Image.decode(ImageFixtures.file("jpeg.gray"), name: "x").format == .gray)
        #expect(try Image.decode(ImageFixtures.file("jpeg.420"), name: "x").format == .rgb)
        #expect(try Image.decode(ImageFixtures.file("pgm"), name: "x").format == .gray)
    }

    @Test func transparencyIsIgnoredUnlessAskedFor() throws {
        let file = png(2, 1, depth: 8, colorType: 6, rows: [[7, 8, 9, 255, 70, 80, 90, 0]])
        #expect(try Image.decode(file, name: "x").pixels == [7, 8, 9, 70, 80, 90])
        #expect(
            try Image.decode(file, name: "x", transparency: .over(255)).pixels == [7, 8, 9, 255, 255, 255])
        // Of 16 bits the upper byte, in gray too; with opacities libpng rounds.
        let deep = png(2, 1, depth: 16, colorType: 0, rows: [[0xAB, 0xFF, 0, 0xFF]])
        #expect(try Image.decode(deep, name: "x").pixels == [0xAB, 0])
        let both = png(2, 1, depth: 16, colorType: 4, rows: [[0xAB, 0x10, 0, 0, 0x12, 0x34, 0xFF, 0xFF]])
        #expect(try Image.decode(both, name: "x").pixels == [0xAA, 0x12])
    }

    @Test func namesWhatIsNotRead() {
        let kinds: [([UInt8], String)] = [
            (Array("RIFF".utf8) + [1, 0, 0, 0] + Array("WEBPVP8 ".utf8), "a WebP file"),
            ([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], "a TIFF file"), (Array("GIF89a".utf8), "a GIF file"),
            (Array("BM6".utf8), "a BMP file"), (Array("P4 1 1".utf8), "a PBM or PAM file"),
        ]
        for (bytes, kind) in kinds {
            #expect(
                error(bytes)
                    == FileError(path: "x", .otherFormat, "\(kind); Apus reads PNG, JPEG, PPM and PGM"))
        }
        #expect(
            error([1, 2, 3])
                == FileError(
                    path: "x", .otherFormat,
                    "expected a PNG, JPEG, PPM or PGM file, found one that begins with [01 02 03]"))
        #expect(error([])?.kind == .otherFormat)
        let missing = "\(scratch.path)/none.jpg"
        #expect(throws: FileError(path: missing, .missing, "no such file")) { try Image.read(missing) }
    }

    @Test func shortenedFilesAreRefused() {
        for name in [
            "jpeg.420", "jpeg.progressive", "jpeg.cmyk", "jpeg.restart", "png.rgb", "ppm", "pgm.maximum",
        ] {
            let file = ImageFixtures.file(name)
            // A PNG's last 12 bytes only say that it is over.
            for count in stride(from: 8, to: file.count - 12, by: max(file.count / 97, 1)) {
                #expect(
                    error(Array(file[..<count]))?.kind == .damaged, "\(name), \(count) of \(file.count) bytes"
                )
            }
            if name.hasPrefix("jpeg") {
                for count in file.count - 3..<file.count {
                    #expect(
                        error(Array(file[..<count]))?.kind == .damaged,
                        "\(name), \(count) of \(file.count) bytes")
                }
            }
        }
    }

    @Test func bytesBetweenSegmentsDoNoHarm() throws {
        let file = ImageFixtures.file("jpeg.444")
        // Before the end of the image, and after it.
        let filled = Array(file.dropLast(2)) + [0x11, 0x22] + file.suffix(2) + [5, 6, 7]
        #expect(try Image.decode(filled, name: "x") == ImageFixtures.image("jpeg.444", as: .rgb))
    }

    @Test func damagedScansAreRefused() {
        var file = ImageFixtures.file("jpeg.444")
        let middle = file.count * 2 / 3
        file.replaceSubrange(middle..<middle + 2, with: [0xFF, 0xD9])
        #expect(error(file)?.kind == .damaged)
    }

    @Test func checksTheHeaderBeforeTakingMemory() throws {
        var file = ImageFixtures.file("jpeg.420")
        let tooMany = FileError(path: "x", .tooLarge, "expected at most 1574 pixels, found 45 × 35")
        #expect(error(file, pixelLimit: 1574) == tooMany)
        #expect(error(file, pixelLimit: 1575) == nil)
        #expect(error(file, pixelLimit: -1)?.kind == .tooLarge)
        let frame = try #require(file.indices.first { file[$0] == 0xFF && file[$0 + 1] == 0xC0 })
        file.replaceSubrange(frame + 5..<frame + 9, with: [0x24, 0, 0x24, 0])
        #expect(
            error(file)
                == FileError(
                    path: "x", .tooLarge,
                    "expected at most the pixels that \(file.count) bytes can hold, found a header of 9216 × 9216"
                ))
        #expect(error(Array("P5 30000 30000 255 ".utf8))?.kind == .tooLarge)
        #expect(error(Array("P5 9000 9000 255 ".utf8))?.kind == .damaged)
    }

    @Test func streamsAreReadToTheirEnd() throws {
        let path = scratch.write("a", ImageFixtures.file("jpeg.420"))
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        #expect(
            try Image.read(descriptor: descriptor, name: "stream", as: .rgb)
                == ImageFixtures.image("jpeg.420", as: .rgb))
        let zeros = open("/dev/zero", O_RDONLY)
        defer { close(zeros) }
        #expect(throws: FileError.self) { try Image.read(descriptor: zeros, name: "0") }
    }

    @Test func writtenJPEGsAreReadAgain() throws {
        let image = ImageFixtures.image("png.rgb", as: .rgb)
        for picture in [image, image.gray] {
            let path = "\(scratch.path)/a.jpg"
            try JPEG.write(picture, to: path, quality: 95)
            let read = try JPEG.read(path)
            #expect(read.format == picture.format && read.width == 45 && read.height == 35)
            let errors = zip(read.pixels, picture.pixels).map { pow(Double($0) - Double($1), 2) }
            #expect((errors.reduce(0, +) / Double(errors.count)).squareRoot() < 12)
            #expect(JPEG.encode(picture, quality: 10).count < JPEG.encode(picture, quality: 95).count)
        }
    }

    @Test func flipsAndQuarters() {
        let image = Image(width: 3, height: 2, format: .gray, pixels: [1, 2, 3, 4, 5, 6])
        #expect(image.flippedHorizontally().pixels == [3, 2, 1, 6, 5, 4])
        #expect(image.flippedVertically().pixels == [4, 5, 6, 1, 2, 3])
        #expect(image.transposed() == Image(width: 2, height: 3, format: .gray, pixels: [1, 4, 2, 5, 3, 6]))
        #expect(
            image.rotated(quarters: 1)
                == Image(width: 2, height: 3, format: .gray, pixels: [3, 6, 2, 5, 1, 4]))
        #expect(image.rotated(quarters: -1) == image.rotated(quarters: 3))
        #expect(image.rotated(quarters: 2).pixels == [6, 5, 4, 3, 2, 1])
        #expect(image.rotated(quarters: 4) == image)
    }
}
