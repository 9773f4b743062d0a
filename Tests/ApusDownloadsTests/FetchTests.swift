import ApusData
import ApusFormats
import Foundation
import Synchronization
import Testing
import _ApusTestSupport

@testable import ApusDownloads

@Suite struct FetchTests {
    let scratch = TemporaryFolder()
    private let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }

    private func sum(_ bytes: [UInt8]) -> String {
        var sum = MD5()
        bytes.withUnsafeBytes { sum.update($0) }
        return sum.digest()
    }

    /// Runs on a thread that may block, as the command's does.
    private func fetch(
        _ mirrors: [String], _ set: PublishedDataset? = nil, _ change: (inout Fetch) -> Void = { _ in }
    ) async throws -> [Fetch.Event] {
        let set =
            set ?? PublishedDataset(name: "set", files: [.init("data.bin", md5: sum(bytes))], mirrors: [])
        let events = Events()
        var fetch = Fetch()
        fetch.timeout = FileServer.patience
        fetch.report = { event in
            if case .progress = event { return }
            events.all.withLock { $0.append(event) }
        }
        change(&fetch)
        let (job, folder) = (fetch, scratch.path)
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread {
                done.resume(with: Result { try job.run(set, into: folder, mirrors: mirrors) })
            }
        }
        return events.all.withLock { $0 }
    }

    private final class Events: Sendable { let all = Mutex<[Fetch.Event]>([]) }

    private func contents(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(scratch.path)/\(name)")))
    }

    @Test func filesAreFetchedOnce() async throws {
        let server = try await FileServer(["data.bin": bytes])
        let events = try await fetch([server.address + "/"])
        #expect(events == [.fetched("data.bin", bytes: bytes.count)])
        #expect(try contents("data.bin") == bytes && scratch.names() == ["data.bin"])
        #expect(try await fetch([server.address]) == [.alreadyThere("data.bin")])
        #expect(server.requests == ["/data.bin -"])
        scratch.write("data.bin", [1])
        let error = await #expect(throws: FileError.self) { try await fetch([server.address]) }
        #expect(error?.reason.contains("expected the MD5 sum") == true)
        #expect(try contents("data.bin") == [1])
    }

    @Test func partsAreContinued() async throws {
        let server = try await FileServer(["data.bin": bytes])
        scratch.write("data.bin.part", Array(bytes.prefix(123_456)))
        _ = try await fetch([server.address])
        #expect(try contents("data.bin") == bytes && scratch.names() == ["data.bin"])
        #expect(server.requests == ["/data.bin bytes=123456-"])
    }

    /// A part that is all of the file needs no more than its checksum.
    @Test func wholePartsAreTaken() async throws {
        let server = try await FileServer(["data.bin": bytes])
        scratch.write("data.bin.part", bytes)
        _ = try await fetch([server.address])
        #expect(try contents("data.bin") == bytes)
    }

    @Test func partsOfOtherFilesAreGivenUp() async throws {
        let server = try await FileServer(["data.bin": bytes])
        scratch.write("data.bin.part", [UInt8](repeating: 1, count: 1000))
        _ = try await fetch([server.address])
        #expect(try contents("data.bin") == bytes)
        #expect(server.requests == ["/data.bin bytes=1000-", "/data.bin -"])
    }

    @Test func serversMayNotKnowRanges() async throws {
        let server = try await FileServer(["data.bin": bytes], .ignoresRanges)
        scratch.write("data.bin.part", Array(bytes.prefix(5000)))
        _ = try await fetch([server.address])
        #expect(try contents("data.bin") == bytes)
    }

    @Test func interruptedTransfersGoOn() async throws {
        let server = try await FileServer(["data.bin": bytes], .hangsUp(after: 120_000))
        _ = try await fetch([server.address])
        #expect(try contents("data.bin") == bytes)
        // It hung up twice at least, and what had come was kept.
        #expect(server.requests.count >= 3 && server.requests.first == "/data.bin -")
        #expect(server.requests.dropFirst().allSatisfy { $0.contains("bytes=") })
    }

    @Test func whatHasComeIsKeptForTheNextTime() async throws {
        let failing = try await FileServer(["data.bin": bytes], .hangsUp(after: 50_000))
        await #expect(throws: FetchError.self) { try await fetch([failing.address]) { $0.retries = 0 } }
        #expect(try scratch.names() == ["data.bin.part"])
        let part = try contents("data.bin.part")
        #expect(!part.isEmpty && part.count < bytes.count && part == Array(bytes.prefix(part.count)))
        let server = try await FileServer(["data.bin": bytes])
        _ = try await fetch([server.address])
        #expect(server.requests == ["/data.bin bytes=\(part.count)-"])
        #expect(try contents("data.bin") == bytes)
    }

    @Test func mirrorsAreTriedInOrder() async throws {
        let missing = try await FileServer([:])
        let broken = try await FileServer(["data.bin": bytes], .status(503))
        let wrong = try await FileServer(["data.bin": Array(bytes.reversed())])
        let server = try await FileServer(["data.bin": bytes])
        let events = try await fetch([
            missing.address, "http://127.0.0.1:1", broken.address, wrong.address, server.address,
        ])
        #expect(events.count == 5 && events.last == .fetched("data.bin", bytes: bytes.count))
        #expect(
            events.first
                == .failed(url: "\(missing.address)/data.bin", reason: "the server answered 404"))
        #expect(try contents("data.bin") == bytes)
        let error = await #expect(throws: FetchError.self) {
            scratch.write("data.bin.part", [])
            try FileManager.default.removeItem(atPath: "\(scratch.path)/data.bin")
            return try await fetch([missing.address, wrong.address])
        }
        #expect(
            error?.description
                == "data.bin cannot be fetched: \(missing.address)/data.bin: the server answered 404; "
                + "\(wrong.address)/data.bin: expected the MD5 sum \(sum(bytes)), found \(sum(bytes.reversed()))"
        )
        #expect(try scratch.names() == [])
    }

    @Test func otherPartsAndTooMuchAreRefused() async throws {
        let other = try await FileServer(["data.bin": bytes], .wrongRange)
        scratch.write("data.bin.part", Array(bytes.prefix(10)))
        let error = await #expect(throws: FetchError.self) { try await fetch([other.address]) }
        #expect(error?.failures[0].reason == "the server gave another part than the one asked for")
        let large = await #expect(throws: FetchError.self) {
            try await fetch([other.address]) { $0.limit = 299_999 }
        }
        #expect(large?.failures[0].reason == "expected at most 299999 bytes, found more")
        let scheme = await #expect(throws: FetchError.self) { try await fetch(["file:///etc"]) }
        #expect(scheme?.failures[0].reason == "it is no address of HTTP")
    }

    @Test func oneProcessFetchesAFile() async throws {
        let held = try PartialFile("\(scratch.path)/data.bin")
        let error = await #expect(throws: FileError.self) { try await fetch(["http://127.0.0.1:1"]) }
        #expect(error?.reason == "another process is fetching it")
        withExtendedLifetime(held) {}
    }

    @Test func archivesAreUnpacked() async throws {
        let files = PublishedDataset.cifar10.contents.keys.sorted()
        let archive = deflated(tar(files.map { ($0, cifarRecords([1, 2], of: .ten)) }))
        let set = PublishedDataset(
            name: "cifar10", files: [.init("cifar-10-binary.tar.gz", md5: sum(archive))], mirrors: [],
            contents: PublishedDataset.cifar10.contents)
        let server = try await FileServer(["cifar-10-binary.tar.gz": archive])
        let events = try await fetch([server.address], set)
        #expect(events.last == .unpacked("cifar-10-binary.tar.gz"))
        #expect(try scratch.names() == (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"])
        #expect(try CIFAR10.load(.train, from: scratch.path).count == 10)
        #expect(try await fetch([server.address], set) == [.alreadyThere("cifar10")])
        #expect(server.requests.count == 1)
    }

    @Test(.enabled(if: realMNIST != nil)) func theRealSetHasThePublishedSums() async throws {
        var files: [String: [UInt8]] = [:]
        for file in PublishedDataset.mnist.files {
            let path = "\(realMNIST!)/\(file.name)"
            files[file.name] = Array(try Data(contentsOf: URL(filePath: path)))
        }
        let server = try await FileServer(files, .hangsUp(after: 4_000_000))
        _ = try await fetch([server.address], .mnist)
        #expect(try MNIST.load(.train, from: scratch.path).count == 60_000)
        #expect(try MNIST.load(.test, from: scratch.path).count == 10_000)
    }
}

/// Where the real MNIST lies beside the package, as it was published, or nil.
private let realMNIST: String? = {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let candidates = ["/\(root)/../shared/data/mnist", "../shared/data/mnist"]
    return candidates.first { folder in
        PublishedDataset.mnist.files.allSatisfy {
            FileManager.default.fileExists(atPath: "\(folder)/\($0.name)")
        }
    }
}()
