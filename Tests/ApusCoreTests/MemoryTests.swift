import ApusCore
import Foundation
import Glibc
import Testing

/// The figures are the whole process's, so that each test has one of its own.
@Suite struct MemoryTests {
    @Test func storageIsCountedWhileItLives() async {
        await #expect(processExitsWith: .success) {
            let before = Memory.statistics
            var storage: Storage? = Storage(byteCount: 1 << 20)
            try #require(storage != nil && Memory.statistics.used == before.used + 1 << 20)
            try #require(Memory.statistics.peak >= Memory.statistics.used)
            let pointer = storage?.pointer
            storage = nil
            try #require(Memory.statistics.used == before.used)
            try #require(Memory.statistics.cached == before.cached + 1 << 20)

            storage = Storage(byteCount: 1 << 20)
            try #require(storage?.pointer == pointer && Memory.statistics.hits == before.hits + 1)
            storage = nil
            Memory.clear()
            try #require(Memory.statistics.cached == 0)
            Memory.resetPeak()
            try #require(Memory.statistics.peak == Memory.statistics.used)
        }
    }

    @Test func borrowedStorageIsNotCounted() async {
        await #expect(processExitsWith: .success) {
            let before = Memory.statistics
            let bytes = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 64)
            do { _ = Storage(borrowing: bytes, byteCount: 1 << 20) {} }
            try #require(Memory.statistics == before)
            bytes.deallocate()
        }
    }

    @Test func theLimitStopsStorage() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            Memory.limit = 1 << 20
            if Memory.limit != 1 << 20 { return }
            _ = Storage(byteCount: 2 << 20)
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("over Memory.limit = 1048576"), "\(message)")
        await #expect(processExitsWith: .success) {
            Memory.limit = 1 << 20
            Memory.limit = nil
            _ = Storage(byteCount: 2 << 20)
        }
    }

    @Test func whatIsRefusedIsNotCounted() async {
        // 7 where the statistics are as they were before the request.
        await #expect(processExitsWith: .exitCode(7)) {
            Memory.limit = 1 << 20
            let kept = Storage(byteCount: 4096)
            let before = Memory.statistics
            Memory.whenExhausted = { _ in
                let after = Memory.statistics
                exit(
                    before.used == after.used && before.peak == after.peak && before.misses == after.misses
                        ? 7 : 8)
            }
            _ = Storage(byteCount: 2 << 20)
            withExtendedLifetime(kept) {}
        }
        await #expect(processExitsWith: .exitCode(7)) {
            let before = Memory.statistics
            Memory.whenExhausted = { reason in
                exit(Memory.statistics == before && reason.contains("allocate") ? 7 : 8)
            }
            _ = Storage(byteCount: 1 << 56)
        }
        await #expect(processExitsWith: .exitCode(7)) {
            Memory.whenExhausted = { _ in exit(7) }
            _ = Storage(byteCount: Int.max / 2)
        }
    }

    /// A test that reads the figures beside others fails whenever one of those allocates.
    @Test func everyTestThatReadsThemHasAProcessOfItsOwn() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        var read = 0
        for path in try FileManager.default.subpathsOfDirectory(atPath: tests.path)
        where path.hasSuffix(".swift") {
            let text = try String(contentsOf: tests.appending(path: path), encoding: .utf8)
            for test in text.split(separator: "@Test").dropFirst() where test.contains("Memory.statistics.") {
                read += 1
                #expect(test.contains("processExitsWith"), "\(path): \(test.prefix(60))")
            }
        }
        #expect(read > 5)
    }
}
