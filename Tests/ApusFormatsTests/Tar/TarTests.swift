import ApusFormats
import Foundation
import Testing
import _ApusTestSupport

@Suite struct TarTests {
    let scratch = TemporaryFolder()
    private let big = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0) }

    private func unpack(_ bytes: [UInt8], _ wanted: [String: String], limit: Int = 1 << 30) throws(FileError)
    {
        let path = scratch.write("archive", bytes)
        try Tar.unpack(path, wanted.mapValues { "\(scratch.path)/\($0)" }, limit: limit)
    }

    private func contents(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(scratch.path)/\(name)")))
    }

    @Test(arguments: [false, true]) func wantedFilesAreUnpacked(gzipped: Bool) throws {
        let archive = tar([
            ("x/", []), ("x/small", [1, 2]), ("./x/big", big), ("x/other", [9]), ("x/empty", []),
        ])
        try unpack(
            gzipped ? deflated(archive) : archive, ["x/small": "one", "x/big": "two", "x/empty": "three"])
        #expect(try contents("one") == [1, 2] && contents("two") == big && contents("three") == [])
        #expect(try scratch.names() == ["archive", "one", "three", "two"])
    }

    /// A name in an archive that leads out of it is not one that anybody wants.
    @Test func namesDoNotBecomePaths() throws {
        try unpack(tar([("../escaped", [1]), ("/tmp/escaped-apus", [1]), ("a", [2])]), ["a": "a"])
        #expect(try scratch.names() == ["a", "archive"])
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/../escaped"))
        #expect(!FileManager.default.fileExists(atPath: "/tmp/escaped-apus"))
    }

    @Test func badArchivesAreRefused() throws {
        let sound = tar([("a", big)])
        func error(_ bytes: [UInt8], limit: Int = 1 << 30) -> FileError? {
            #expect(throws: FileError.self) { try unpack(bytes, ["a": "a"], limit: limit) }
        }
        #expect(error(tar([("b", [1])]))?.reason == "expected a file 'a' in the archive, found none")
        #expect(error(Array(sound.prefix(50_000)))?.kind == .damaged)
        #expect(error(Array(sound.dropLast(1024)))?.kind == .damaged)
        #expect(error(sound, limit: 60_000)?.kind == .tooLarge)
        #expect(error([])?.kind == .damaged)
        var header = sound
        header[3] = 65
        #expect(error(header)?.reason.hasSuffix("the checksum of a header is wrong") == true)
        let compressed = deflated(sound)
        #expect(error(Array(compressed.dropLast(4)))?.kind == .damaged)
        // What was begun and not finished is not there.
        #expect(try scratch.names() == ["a", "archive"] || scratch.names() == ["archive"])
    }
}
