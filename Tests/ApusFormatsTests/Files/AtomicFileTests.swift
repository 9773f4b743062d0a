import ApusFormats
import Glibc
import Testing
import _ApusTestSupport

@Suite struct AtomicFileTests {
    let folder = TemporaryFolder()

    @Test func createsAndReplaces() throws {
        let path = folder.path + "/file"
        try AtomicFile.write("first", to: path)
        #expect(try contents(of: path) == Array("first".utf8))
        try AtomicFile.write(to: path) { file in
            for _ in 0..<3 { try file.write("abc") }
            try file.write([1, 2, 3])
        }
        #expect(try contents(of: path) == Array("abcabcabc".utf8) + [1, 2, 3])
        #expect(try folder.names() == ["file"])
    }

    @Test func bufferedAndLargePiecesKeepTheirOrder() throws {
        let path = folder.path + "/large"
        var expected: [UInt8] = []
        try AtomicFile.write(to: path) { file in
            for (index, size) in [5, 200_000, 100_000, 1_000_000, 1, 262_144, 262_145, 3].enumerated() {
                let piece = [UInt8](repeating: UInt8(index), count: size)
                expected += piece
                try file.write(piece)
            }
        }
        #expect(try contents(of: path) == expected)
    }

    @Test func failureInTheBodyLeavesTheOldFile() throws {
        struct Refusal: Error {}
        let path = folder.path + "/file"
        try AtomicFile.write("old", to: path)
        #expect(throws: Refusal.self) {
            try AtomicFile.write(to: path) { file in
                try file.write([UInt8](repeating: 0, count: 1 << 20))
                throw Refusal()
            }
        }
        #expect(try contents(of: path) == Array("old".utf8))
        #expect(try folder.names() == ["file"])
    }

    @Test func refusesWhatIsNoRegularFile() throws {
        #expect(
            message { try AtomicFile.write("x", to: "/dev/null") }
                == "/dev/null: expected a regular file to write, found a device")
        #expect(
            message { try AtomicFile.write("x", to: folder.path) }
                == "\(folder.path): expected a regular file to write, found a folder")
        #expect(
            message { try AtomicFile.write("x", to: folder.path + "/none/file") }
                == "\(folder.path)/none/file: cannot write: No such file or directory")
        #expect(
            message { try AtomicFile.write("x", to: folder.path + "/none/") }
                == "\(folder.path)/none/: expected the name of a file")
    }

    @Test func keepsPermissionsAndFollowsLinks() throws {
        let path = folder.path + "/file"
        let link = folder.path + "/link"
        try AtomicFile.write("old", to: path)
        #expect(chmod(path, 0o640) == 0)
        #expect(symlink(path, link) == 0)
        try AtomicFile.write("new", to: link)
        #expect(try contents(of: path) == Array("new".utf8))
        var status = stat()
        #expect(lstat(link, &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFLNK)
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
    }

    @Test func removesOnlyWhatKilledWritersLeft() throws {
        let path = folder.path + "/file"
        try write(Array("half".utf8), to: folder.path + "/.file.4000000-7.tmp")
        for other in [".file.notes.tmp", ".other.4000000-7.tmp", ".file.4000000-7"] {
            try write([], to: folder.path + "/" + other)
        }
        // A file that another writer holds is locked, hence no leftover.
        try AtomicFile.write(to: path) { outer in
            try outer.write("outer")
            try AtomicFile.write("inner", to: path)
        }
        #expect(try contents(of: path) == Array("outer".utf8))
        #expect(try folder.names() == [".file.4000000-7", ".file.notes.tmp", ".other.4000000-7.tmp", "file"])
    }

    @Test func manyWritersLeaveOneWholeFile() async throws {
        let path = folder.path + "/file"
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<64 {
                group.addTask {
                    try AtomicFile.write(to: path) { file in
                        for _ in 0..<100 { try file.write([UInt8](repeating: UInt8(writer), count: 1000)) }
                    }
                }
            }
            try await group.waitForAll()
        }
        let found = try contents(of: path)
        #expect(found.count == 100_000 && found.allSatisfy { $0 == found[0] })
        #expect(try folder.names() == ["file"])
    }

    @Test func longNamesFit() throws {
        let name = String(repeating: "n", count: 255)
        try AtomicFile.write("x", to: folder.path + "/" + name)
        #expect(try folder.names() == [name])
    }

    /// A size limit stands in for a full disk: the same call fails halfway.
    @Test func fullDiskRemovesTheTemporaryFile() async throws {
        await #expect(processExitsWith: .success) {
            let folder = TemporaryFolder()
            let path = folder.path + "/file"
            try AtomicFile.write("old", to: path)
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
            let found = message {
                try AtomicFile.write(to: path) { try $0.write([UInt8](repeating: 1, count: 1 << 20)) }
            }
            try #require(found == "\(path): cannot write: File too large")
            try #require(try contents(of: path) == Array("old".utf8))
            try #require(try folder.names() == ["file"])
        }
    }
}
