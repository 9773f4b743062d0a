import Apus
import ApusFormats
import Testing
import _ApusTestSupport

@Suite struct IDXTests {
    let scratch = TemporaryFolder()

    /// The error that reading the file throws.
    private func error(_ path: String, axes: Int? = nil, limit: Int = IDX.defaultLimit) -> FileError? {
        do {
            _ = try IDX.read(path, axes: axes, limit: limit)
            return nil
        } catch {
            return error
        }
    }

    private func truncated(_ path: String, expected: Int, found: Int) -> FileError {
        FileError(
            path: path, .damaged, "truncated: expected \(expected) bytes of IDX data, found \(found)")
    }

    private func tooLong(_ path: String, expected: Int, found: String) -> FileError {
        FileError(path: path, .damaged, "too long: expected \(expected) bytes of IDX data, found \(found)")
    }

    private func tooLarge(_ path: String, _ shape: [Int], _ reason: String) -> FileError {
        FileError(path: path, .tooLarge, "the header promises the shape \(shape): \(reason)")
    }

    private func damaged(_ path: String, _ reason: String) -> FileError {
        FileError(path: path, .damaged, "expected a sound gzip stream, found it damaged: \(reason)")
    }

    @Test func readsEveryTypePlainAndGzipped() throws {
        let cases: [(type: UInt8, bytes: [UInt8], dtype: DType, values: [Double])] = [
            (0x08, [0, 1, 127, 128, 254, 255], .uint8, [0, 1, 127, 128, 254, 255]),
            (0x09, [0, 1, 127, 128, 254, 255], .int32, [0, 1, 127, -128, -2, -1]),
            (
                0x0B, [0, 1, 1, 0, 0x7F, 0xFF, 0x80, 0, 0xFF, 0xFE, 0, 0], .int32,
                [1, 256, 32767, -32768, -2, 0]
            ),
            (
                0x0C, [0, 0, 0, 1, 0, 1, 0, 0, 0xFF, 0xFF, 0xFF, 0xFE] + [UInt8](repeating: 0, count: 12),
                .int32, [1, 65536, -2, 0, 0, 0]
            ),
            (
                0x0D, [1.5, -2, 0.25, 3e9, 0, -7].flatMap { bigEndian(Int(Float($0).bitPattern)) }, .float32,
                [1.5, -2, 0.25, 3e9, 0, -7]
            ),
            (
                0x0E,
                [1.5, -2, 0.1, 3e99, 0, -7].flatMap { (value: Double) in
                    bigEndian(Int(value.bitPattern >> 32)) + bigEndian(Int(value.bitPattern & 0xFFFF_FFFF))
                }, .float64, [1.5, -2, 0.1, 3e99, 0, -7]
            ),
        ]
        for (type, bytes, dtype, values) in cases {
            let file = idx(type, [2, 3], bytes)
            // The name says nothing: gzip is known by its first bytes.
            for path in [scratch.write("plain.gz", file), scratch.write("packed", deflated(file))] {
                let array = try IDX.read(path)
                #expect(array.type.rawValue == type && array.shape == [2, 3])
                #expect(array.tensor.dtype == dtype && array.tensor.shape == [2, 3])
                #expect(array.tensor.array(of: Double.self) == values)
            }
        }
    }

    @Test func readsNoElements() throws {
        for shape in [[0], [0, 28, 28], [28, 0]] {
            let file = idx(8, shape, [])
            #expect(try IDX.read(scratch.write("a", file)).shape == shape)
            #expect(try IDX.read(scratch.write("b", deflated(file))).count == 0)
        }
    }

    @Test func readsConcatenatedMembersAndPadding() throws {
        let file = idx(8, [3, 300], (0..<900).map { UInt8(truncatingIfNeeded: $0) })
        let members = deflated(Array(file[..<7])) + deflated([]) + deflated(Array(file[7...]))
        for padding in [0, 1, 100_000] {
            let path = scratch.write("a", members + [UInt8](repeating: 0, count: padding))
            try IDX.read(path).withUnsafeBytes { #expect($0.elementsEqual(file[12...])) }
        }
        let bad = scratch.write("b", members + [0, 0, 7])
        #expect(error(bad) == damaged(bad, "other data follows the compressed stream"))
    }

    @Test func namesWhatCannotBeRead() {
        let missing = "\(scratch.path)/none"
        #expect(error(missing) == FileError(path: missing, .missing, "no such file"))
        for (path, found) in [(scratch.path, "a folder"), ("/dev/zero", "a device")] {
            #expect(
                error(path)
                    == FileError(path: path, .otherFormat, "expected a regular file, found \(found)"))
        }
        let empty = scratch.write("empty", [])
        #expect(error(empty) == truncated(empty, expected: 4, found: 0))
        let magic = scratch.write("magic", [1, 0, 8, 1, 0, 0, 0, 0])
        #expect(
            error(magic)
                == FileError(
                    path: magic, .otherFormat,
                    "not an IDX file: expected it to begin with 00 00, found 01 00 08 01"))
        let type = scratch.write("type", [0, 0, 0x0A, 1, 0, 0, 0, 0])
        #expect(
            error(type)
                == FileError(
                    path: type, .damaged,
                    "expected an IDX element type (08, 09, 0b, 0c, 0d or 0e), found 0a"))
        for axes in [0, 9, 255] {
            let path = scratch.write("axes", [0, 0, 8, UInt8(axes)] + [UInt8](repeating: 0, count: 2000))
            #expect(
                error(path)
                    == FileError(
                        path: path, .unexpected, "expected 1 to 8 axes, found \(axes) axes"))
        }
    }

    @Test func namesSwappedFiles() {
        let labels = scratch.write("labels", idx(8, [2], [1, 2]))
        #expect(
            error(labels, axes: 3)?.description
                == "\(labels): expected images (3 axes, magic 0803), found labels (1 axis, magic 0801)")
    }

    @Test func comparesThePromiseWithThePlainFile() {
        let file = idx(8, [2, 3], [1, 2, 3, 4, 5, 6])
        let short = scratch.write("short", Array(file.dropLast()))
        #expect(error(short) == truncated(short, expected: 18, found: 17))
        let long = scratch.write("long", file + [0])
        #expect(error(long) == tooLong(long, expected: 18, found: "19"))
        let header = scratch.write("header", Array(file[..<9]))
        #expect(error(header) == truncated(header, expected: 12, found: 9))
        let huge = scratch.write("huge", idx(8, [0xFFFF_FFFF, 2], []))
        #expect(error(huge) == truncated(huge, expected: 12 + 2 * 0xFFFF_FFFF, found: 12))
        let limited = scratch.write("limited", file)
        #expect(
            error(limited, limit: 5)
                == tooLarge(limited, [2, 3], "expected at most 5 bytes, found 6"))
        #expect(error(limited, limit: 6) == nil)
    }

    @Test func refusesSizesThatOverflow() {
        for shape in [[Int](repeating: 0xFFFF_FFFF, count: 3), [0, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF]] {
            for bytes in [idx(0x0E, shape, []), deflated(idx(0x0E, shape, []))] {
                let path = scratch.write("huge", bytes)
                let reason = "more bytes than an address space has"
                #expect(error(path) == tooLarge(path, shape, reason))
            }
        }
    }

    @Test func comparesThePromiseWithWhatInflates() {
        let file = idx(8, [40, 50], (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) })
        let short = scratch.write("short", deflated(Array(file.dropLast())))
        #expect(error(short) == truncated(short, expected: 2012, found: 2011))
        let long = scratch.write("long", deflated(file + [0]))
        #expect(error(long) == tooLong(long, expected: 2012, found: "more"))
        let header = scratch.write("header", deflated(Array(file[..<9])))
        #expect(error(header) == truncated(header, expected: 12, found: 9))

        let packed = deflated(file)
        for count in [2, 10, 11, packed.count / 2] {
            let cut = scratch.write("cut", Array(packed[..<count]))
            let found = error(cut)
            #expect(found?.kind == .damaged && found?.reason.hasPrefix("truncated: ") == true, "\(count)")
        }
        for count in 1...8 {
            let cut = scratch.write("cut", Array(packed.dropLast(count)))
            #expect(error(cut) == damaged(cut, "it ends before its checksum"))
        }
        var wrong = packed
        wrong[packed.count - 5] ^= 1
        let path = scratch.write("crc", wrong)
        #expect(error(path) == damaged(path, "incorrect data check"))
    }

    @Test func refusesBombs() {
        // 60 million zeros in 60 kB, behind a header that promises a hundred.
        let bomb = scratch.write("bomb", deflated(idx(8, [100], [UInt8](repeating: 0, count: 60_000_000))))
        #expect(error(bomb) == tooLong(bomb, expected: 108, found: "more"))
        let promise = deflated(idx(8, [3, 1 << 30], []))
        let small = scratch.write("small", promise)
        #expect(
            error(small)
                == tooLarge(
                    small, [3, 1 << 30],
                    "3221225472 bytes, more than \(promise.count) compressed bytes can hold"))
        let large = scratch.write("large", deflated(idx(8, [5, 1 << 30], [])))
        #expect(
            error(large)
                == tooLarge(large, [5, 1 << 30], "expected at most 4294967296 bytes, found 5368709120"))
    }

    @Test func readsWhatCompressesBest() throws {
        let zeros = [UInt8](repeating: 0, count: 5_000_000)
        let path = scratch.write("zeros", deflated(idx(8, [5_000_000], zeros)))
        #expect(try IDX.read(path).count == 5_000_000)
    }

    @Test func checksLabels() throws {
        let path = scratch.write("labels", idx(8, [4], [0, 9, 3, 1]))
        #expect(try IDX.readLabels(path, classes: 10).count == 4)
        #expect(throws: FileError(path: path, .unexpected, "expected labels from 0 to 8, found 9 at index 1"))
        {
            try IDX.readLabels(path, classes: 9)
        }
        let wide = scratch.write("wide", idx(0x0B, [1], [0, 1]))
        #expect(throws: FileError(path: wide, .unexpected, "expected uint8 elements, found int16")) {
            try IDX.readLabels(wide, classes: 10)
        }
    }
}
