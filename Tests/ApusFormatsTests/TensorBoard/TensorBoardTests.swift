import Apus
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusFormats

@Suite struct TensorBoardTests {
    let folder = TemporaryFolder()

    private func summary(_ event: [Int: [MessageField]]) throws -> [Int: [MessageField]] {
        try #require(event[5]?.first?.message?[1]?.first?.message)
    }

    @Test func checksumsAreCastagnolis() {
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.checksum([]) == 0)
    }

    @Test func eventsAreWrittenAsTheyCome() throws {
        let before = Date().timeIntervalSince1970
        let board = try TensorBoardWriter(folder: "\(folder.path)/a/run")
        #expect(board.path.contains(#/run/events\.out\.tfevents\.\d{10}\.[^/]+\.\d+\.\d+$/#), "\(board.path)")
        #expect(try events(board.path).count == 1)
        try board.scalar("loss/é", 0.1, step: 7)
        try board.scalar("loss/é", -.infinity, step: 1 << 40)
        try board.text("note", "**bold**", step: 0)
        try board.image(
            "digit", Image(width: 2, height: 1, format: .rgb, pixels: [1, 2, 3, 4, 5, 6]), step: 3)
        let all = try events(board.path)
        #expect(all.count == 5)
        #expect(all[0][3]?.first?.text == "brain.Event:2")
        for event in all {
            let time = event[1]?.first?.double ?? 0
            #expect(time >= before)
        }
        #expect(all[1][2]?.first?.int == 7 && all[2][2]?.first?.int == 1 << 40)
        #expect(try summary(all[1])[1]?.first?.text == "loss/é")
        #expect(try summary(all[1])[2]?.first?.float == 0.1)
        #expect(try summary(all[2])[2]?.first?.float == -.infinity)
        #expect(try summary(all[3])[8]?.first?.message?[8]?.first?.text == "**bold**")
        #expect(try summary(all[3])[9]?.first?.message?[1]?.first?.message?[1]?.first?.text == "text")
        let image = try #require(try summary(all[4])[4]?.first?.message)
        #expect(image[1]?.first?.int == 1 && image[2]?.first?.int == 2 && image[3]?.first?.int == 3)
        guard case .bytes(let png) = image[4]?.first else {
            Issue.record("no picture")
            return
        }
        #expect(try PNG.decode(png, name: "event").pixels == [1, 2, 3, 4, 5, 6])
    }

    @Test func everyStartBeginsAFile() throws {
        for _ in 0..<3 { try TensorBoardWriter(folder: folder.path).scalar("x", 1, step: 1) }
        let names = try folder.names()
        #expect(names.count == 3)
        for name in names { #expect(try events("\(folder.path)/\(name)").count == 2) }
    }

    @Test func histogramsHaveTensorFlowsBuckets() throws {
        let board = try TensorBoardWriter(folder: folder.path)
        try board.histogram("w", Tensor([0, 1.02, 1.05, -3, .nan, .infinity] as [Float]), step: 1)
        let histogram = try #require(try summary(try events(board.path)[1])[5]?.first?.message)
        let values = (1...5).map { histogram[$0]?.first?.double ?? 0 }
        #expect(values[0] == -3 && values[1] == Double(Float(1.05)) && values[2] == 4)
        #expect(abs(values[3] + 0.93) < 1e-6 && abs(values[4] - 11.1429) < 1e-6)
        let (limits, counts) = (histogram[6]?.first?.doubles ?? [], histogram[7]?.first?.doubles ?? [])
        #expect(limits.count == counts.count && limits.last == .greatestFiniteMagnitude)
        #expect(counts.filter { $0 > 0 } == [1, 1, 2] && counts.reduce(0, +) == 4)
        for (limit, next) in zip(limits, limits.dropFirst()) { #expect(limit < next) }
        // −3 lies between the two limits around it, a tenth apart; 0 below the smallest positive one.
        let first = try #require(counts.firstIndex(of: 1))
        #expect(limits[first - 1] <= -3 && limits[first] > -3 && limits[first] / limits[first - 1] > 0.9)
        #expect(limits[first + 2] == 1e-12 || limits[first + 1] == 1e-12)
        #expect(counts.count <= 2 * 3 + 1)
    }

    @Test func anyTensorHasAHistogram() throws {
        let board = try TensorBoardWriter(folder: folder.path)
        let tensors: [Tensor] = [
            .zeros([0]), .full([3], Double.nan), .ones([2, 3], dtype: .bool), .ones([2], dtype: .bfloat16),
            .full([1], Double.greatestFiniteMagnitude, dtype: .float64), .ones([2], dtype: .complex64),
        ]
        for (step, tensor) in tensors.enumerated() { try board.histogram("x", tensor, step: step) }
        var counts: [Double] = []
        for event in try events(board.path).dropFirst() {
            let histogram = try #require(try summary(event)[5]?.first?.message)
            let numbers: [Double] = histogram[7]?.first?.doubles ?? []
            counts.append(numbers.reduce(0, +))
        }
        #expect(counts == [0, 0, 6, 2, 1, 2])
    }

    @Test func manyThreadsWriteWholeRecords() throws {
        let board = try TensorBoardWriter(folder: folder.path)
        DispatchQueue.concurrentPerform(iterations: 200) { step in
            try! board.text("t", String(repeating: "x", count: step * 50), step: step)
        }
        let steps: [Int] = try events(board.path).dropFirst().map { $0[2]?.first?.int ?? 0 }
        #expect(steps.sorted() == Array(0..<200))
    }

    @Test func whatCannotBeWrittenIsNamed() throws {
        folder.write("file", [1])
        #expect(
            message { _ = try TensorBoardWriter(folder: "\(folder.path)/file/run") }?
                .hasPrefix("\(folder.path)/file/run: cannot make the folder: ") == true)
    }

    /// On a full disk, a record is there whole or not at all.
    @Test func aFailedRecordIsCutOff() async {
        await #expect(processExitsWith: .success) {
            let folder = TemporaryFolder()
            let board = try TensorBoardWriter(folder: folder.path)
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            try board.scalar("a", 1, step: 1)
            let found = message { try board.text("b", String(repeating: "x", count: 20_000), step: 2) }
            try #require(found == "\(board.path): cannot write: File too large")
            try board.scalar("a", 2, step: 3)
            try #require(try events(board.path).map { $0[2]?.first?.int ?? 0 } == [0, 1, 3])
        }
    }

    /// TensorBoard itself reads the files: `APUS_PYTHON` names a Python that has it.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["APUS_PYTHON"] != nil))
    func tensorBoardReadsThem() throws {
        for start in 0..<2 {
            let board = try TensorBoardWriter(folder: folder.path)
            for step in 5 * start..<5 * start + 5 {
                try board.scalar("loss", 1 / Double(step + 1), step: step)
            }
        }
        let board = try TensorBoardWriter(folder: folder.path)
        let pixels: [UInt8] = [1, 2, 3, 4, 5, 6]
        for step in 2..<4 {
            try board.histogram(
                "layers/0.weight", Tensor([0, 1, 1.05, -3, .nan] as [Float]) * step, step: step)
            try board.image(
                "gray", Image(width: 3, height: 2, format: .gray, pixels: pixels), step: step)
            try board.image("color", Image(width: 2, height: 1, format: .rgb, pixels: pixels), step: step)
            try board.text("note", "**bold** é \(step)", step: step)
        }
        try board.histogram("nothing", .zeros([0]), step: 0)

        let process = Process()
        process.executableURL = URL(filePath: ProcessInfo.processInfo.environment["APUS_PYTHON"]!)
        let script = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(
            separator: "/")
        process.arguments = ["\(script)/Scripts/tensorboard_peer.py", folder.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let found = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let scalars = try #require(found["scalars"] as? [String: [[Double]]])
        #expect(scalars.keys.sorted() == ["loss"])
        let loss = try #require(scalars["loss"])
        #expect(loss.count == 10)
        for (step, point) in loss.enumerated() {
            // Not every digit of a number survives Foundation's JSON.
            let value = Float(1 / Double(step + 1))
            #expect(point[0] == Double(step) && Float(point[1]) == value)
        }

        let histograms = try #require(found["histograms"] as? [String: [[Any]]])
        #expect(histograms.keys.sorted() == ["layers/0.weight", "nothing"])
        let weights = try #require(histograms["layers/0.weight"])
        #expect(weights.map { $0[0] as? Int } == [2, 3])
        for (step, event) in zip(2..., weights) {
            let buckets = try #require(event[1] as? [[Double]])
            // TensorBoard cuts the outer buckets at the smallest and the largest number.
            #expect(buckets.first?[0] == -3 * Double(step))
            #expect(buckets.last?[1] == Double(Float(1.05) * Float(step)))
            #expect(buckets.reduce(0) { $0 + $1[2] } == 4)
        }

        let images = try #require(found["images"] as? [String: [[Any]]])
        #expect(images.keys.sorted() == ["color", "gray"])
        for (name, mode, width, height) in [("gray", "L", 3, 2), ("color", "RGB", 2, 1)] {
            let shown = try #require(images[name])
            #expect(shown.map { $0[0] as? Int } == [2, 3])
            let picture = try #require(shown[1][1] as? [Any])
            #expect(picture[0] as? String == mode)
            #expect(picture[1] as? Int == width && picture[2] as? Int == height)
            #expect(picture[3] as? [UInt8] == pixels)
        }

        let text = try #require(found["text"] as? [String: [[Any]]])
        #expect(text.keys.sorted() == ["note"])
        #expect(text["note"]?.map { $0[1] as? String } == ["**bold** é 2", "**bold** é 3"])
    }
}
