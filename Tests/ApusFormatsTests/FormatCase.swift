import ApusFormats
import Testing
import _ApusTestSupport

/// A format, and sound files of it: what the suite that damages files reads.
struct FormatCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// Whole files.
    let files: [[UInt8]]
    /// How many bytes at the beginning are damaged more often.
    let header: Int
    /// What is done to the bytes after the damage, such as making checksums right again.
    var finish: @Sendable ([UInt8]) -> [UInt8] = { $0 }
    /// The most bytes of contents that one byte of a file may stand for.
    let expansion: Int
    /// Reads the file at a path; returns how many bytes of contents it gave.
    let read: @Sendable (_ path: String) throws(FileError) -> Int

    var testDescription: String { name }

    /// One at least of each format; a new one is an entry here.
    static let all = [
        FormatCase(name: "IDX", files: arrays, header: 16, expansion: 1032, read: idxBytes),
        FormatCase(
            name: "IDX, gzipped", files: arrays.map { deflated($0) }, header: 10, expansion: 1032,
            read: idxBytes),
        // The damage is read, and not stopped by the checksum.
        FormatCase(
            name: "IDX in sound gzip", files: arrays, header: 16, finish: { deflated($0) }, expansion: 1032,
            read: idxBytes),
        // One bit a pixel is the least, and becomes three bytes.
        FormatCase(name: "PNG", files: images, header: 33, expansion: 1032 * 24, read: pngBytes),
        FormatCase(
            name: "PNG with sound checksums", files: images, header: 33, finish: withChecksums,
            expansion: 1032 * 24, read: pngBytes),
        FormatCase(name: "CIFAR-10", files: records, header: 3073, expansion: 1) { path throws(FileError) in
            try CIFAR.read(path, .ten).images.count
        },
        FormatCase(name: "CIFAR-100", files: coarseRecords, header: 2, expansion: 1) {
            path throws(FileError) in
            try CIFAR.read(path, .hundred).images.count
        },
        FormatCase(
            name: "tar", files: [archive, deflated(archive)], header: 512, expansion: 1032, read: tarBytes),
        FormatCase(name: "CSV", files: tables, header: 8, expansion: 1, read: csvBytes),
        // A block of 64 pixels takes a bit at least.
        FormatCase(name: "JPEG", files: jpegs, header: 650, expansion: 1024 * 3, read: imageBytes),
        FormatCase(name: "JPEG with Exif", files: exifs, header: 60, expansion: 1024 * 3, read: imageBytes),
        FormatCase(name: "PPM and PGM", files: maps, header: 18, expansion: 8, read: imageBytes),
        FormatCase(
            name: "PNG as stored", files: images, header: 33, finish: withChecksums, expansion: 1032 * 24,
            read: imageBytes),
        FormatCase(name: "safetensors", files: tensors, header: 70, expansion: 1) {
            path throws(FileError) in
            try Safetensors.load(path).values.reduce(0) { $0 + $1.withUnsafeBytes(\.count) }
        },
        // Bytes are widened to four.
        FormatCase(name: "npy", files: npyFiles, header: 100, expansion: 4) { path throws(FileError) in
            try NPY.load(path, converting: true).withUnsafeBytes(\.count)
        },
        FormatCase(
            name: "npz",
            files: npyFiles.map { zip([("a.npy", $0)], method: 8) } + [zip([("b.npy", npyFiles[0])])],
            header: 200, expansion: 1032 * 4, read: npzBytes),
        // The damage is read, and not stopped by the checksum.
        FormatCase(
            name: "npz with sound checksums", files: npyFiles, header: 100, finish: { zip([("a.npy", $0)]) },
            expansion: 4, read: npzBytes),
        // A stride of zero shows an element as often as the limit allows.
        FormatCase(
            name: "PyTorch", files: [torchFile(torchPickle(), storages: [[UInt8](repeating: 0, count: 24)])],
            header: 500, expansion: 100, read: torchBytes),
        FormatCase(
            name: "PyTorch with sound checksums", files: [torchPickle()], header: 200,
            finish: { torchFile($0, storages: [[UInt8](repeating: 0, count: 24)]) }, expansion: 100,
            read: torchBytes),
        FormatCase(
            name: "PyTorch before 1.6",
            files: [try! contents(of: try! Fixture.path("pytorch/tied-legacy.pt"))],
            header: 800, expansion: 100, read: torchBytes),
    ]

    private static let npyFiles = ["float32", "int16-big", "fortran", "int8"].map {
        try! contents(of: try! Fixture.path("numpy/\($0).npy"))
    }

    private static func npzBytes(_ path: String) throws(FileError) -> Int {
        try NPZ.load(path, converting: true, limit: 1 << 16).values.reduce(0) {
            $0 + $1.withUnsafeBytes(\.count)
        }
    }
    private static func torchBytes(_ path: String) throws(FileError) -> Int {
        try PyTorchFile(path, converting: true, limit: 1000).tensors.values.reduce(0) {
            $0 + $1.withUnsafeBytes(\.count)
        }
    }

    private static let arrays: [[UInt8]] = [
        idx(8, [3, 5, 7], (0..<105).map { UInt8($0) }), idx(8, [20], [UInt8](repeating: 4, count: 20)),
        idx(0x0D, [2, 4], (0..<32).map { UInt8($0) }),
    ]

    private static let images: [[UInt8]] = [
        png(5, 3, depth: 8, colorType: 0, rows: [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [0, 0, 0, 0, 0]]),
        png(2, 2, depth: 8, colorType: 6, rows: [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8]]),
        png(
            4, 2, depth: 4, colorType: 3, rows: [[0x01, 0x10], [0x10, 0x01]],
            extra: [("gAMA", bigEndian(45455)), ("PLTE", [1, 2, 3, 4, 5, 6]), ("tRNS", [9])]),
        png(2, 1, depth: 16, colorType: 2, rows: [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]),
    ]

    private static let jpegs = ["jpeg.420", "jpeg.progressive", "jpeg.cmyk", "jpeg.ycck", "jpeg.gray"].map(
        ImageFixtures.file)
    private static let exifs = ["jpeg.orientation6", "jpeg.orientation-big-endian"].map(ImageFixtures.file)
    private static let maps = ["pgm.maximum", "ppm.text", "ppm.16"].map(ImageFixtures.file)

    private static let tensors = [
        safetensors(#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#, data: 24)
    ]

    private static let archive = tar([
        ("a/one", Array("first".utf8)), ("two", [UInt8](repeating: 7, count: 700)),
    ])

    /// Passes all of it over: what is unpacked is flushed to the disk each time.
    private static func tarBytes(_ path: String) throws(FileError) -> Int {
        try Tar.unpack(path, [:])
        return 0
    }

    private static let records = [cifarRecords([3, 9], of: .ten), cifarRecords([0], of: .ten)]
    private static let coarseRecords = [cifarRecords([3, 99], of: .hundred)]

    private static let tables = [
        "a,b,c\n1,2,3\n4,5,6\n", "name,\"x, y\"\r\n\"q \"\"r\"\"\",1e3\r\n\"two\nlines\",-4\r\n",
        "ä,ß\n🙂,\n,\u{301}x",
    ].map { Array($0.utf8) }

    /// All of the table, as what it can be read as.
    private static func csvBytes(_ path: String) throws(FileError) -> Int {
        let table = try CSV.read(path)
        for column in table.columns {
            _ = try? table.numbers(column)
            _ = try table.categories(column)
        }
        return table.rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1.utf8.count } }
    }

    private static func idxBytes(_ path: String) throws(FileError) -> Int { try IDX.read(path).byteCount }
    private static func pngBytes(_ path: String) throws(FileError) -> Int {
        try PNG.read(path, as: .rgb).pixels.count
    }

    private static func imageBytes(_ path: String) throws(FileError) -> Int {
        // Without a limit most of the time would go into large pictures of nothing.
        try Image.read(path, as: .rgb, pixelLimit: 50_000).pixels.count
    }

    /// The checksums of a PNG file's chunks made right, so that libpng reads what is in them.
    private static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var start = 8
        while start + 12 <= bytes.count {
            let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            if start + 12 + length > bytes.count { break }
            let end = start + 8 + length
            bytes.replaceSubrange(end..<end + 4, with: bigEndian(Int(checksum(bytes[start + 4..<end]))))
            start = end + 4
        }
        return bytes
    }
}
