import Foundation
import Testing

/// The program as a user runs it.
@Suite(.serialized) struct CommandTests {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The program lies beside the test bundle.
    static let program: String = {
        var url = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
            url = URL(filePath: argument)
        }
        return url.deletingLastPathComponent().appending(path: "apus").path
    }()

    static func start(
        _ arguments: [String], in folder: String, executable: String = program
    ) throws -> (Process, Pipe, Pipe) {
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try startWithoutBlockedSignals(process)
        return (process, output, errors)
    }

    static func run(_ arguments: String..., in folder: String) throws -> Result {
        let (process, output, errors) = try start(arguments, in: folder)
        return finish(process, output, errors)
    }

    static func finish(_ started: (Process, Pipe, Pipe)) -> Result {
        finish(started.0, started.1, started.2)
    }

    static func finish(_ process: Process, _ output: Pipe, _ errors: Pipe) -> Result {
        let out = output.fileHandleForReading.readDataToEndOfFile()
        let err = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationReason == .exit
                ? process.terminationStatus : 128 + process.terminationStatus,
            output: String(decoding: out, as: UTF8.self), errors: String(decoding: err, as: UTF8.self))
    }

    /// Tells one version of a file from the next: files are replaced, not changed.
    static func inode(_ path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) &+ UInt64(status.st_mtim.tv_nsec) &* 31 : nil
    }

    let folder: String = {
        let path = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString)").path
        try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }()

    @Test func trainEvaluateAndPredictWorkTogether() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let train = try CommandTests.run(
            "train", "mnist-mlp", "--epochs", "1", "--threads", "1", "--output", "run", in: folder)
        #expect(train.status == 0, "\(train.errors)")
        #expect(train.output.contains("epoch 1/1  train loss"))
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/run").sorted()
        #expect(
            files == [
                "best.safetensors", "config.json", "curves.svg", "last.safetensors", "metrics.csv",
                "metrics.jsonl",
            ])

        let evaluate = try CommandTests.run("evaluate", "run", in: folder)
        #expect(evaluate.status == 0, "\(evaluate.errors)")
        #expect(evaluate.output.contains("test accuracy 0.9"))

        let again = try CommandTests.run("train", "mnist-mlp", "--output", "run", in: folder)
        #expect(again.status == 1)
        #expect(
            again.errors
                == "apus: run: holds a run already; pass --resume to go on with it, or another --output\n")

        let finished = try CommandTests.run("train", "mnist-mlp", "--output", "run", "--resume", in: folder)
        #expect(finished.status == 0)
        #expect(finished.output.contains("nothing to resume"))

        let predict = try CommandTests.run("predict", "run", "missing.png", in: folder)
        #expect(predict.status == 1)
        #expect(predict.errors.contains("missing.png"))
    }

    @Test func wrongUsageExitsWith64() throws {
        for arguments in [
            ["train", "nonsense"], ["train", "mnist-mlp", "--epochs", "0"],
            ["train", "mnist-mlp", "--lr", "x"], ["dance"],
        ] {
            let (process, output, errors) = try CommandTests.start(arguments, in: folder)
            let result = CommandTests.finish(process, output, errors)
            #expect(result.status == 64, "\(arguments): \(result.errors)")
        }
        #expect(try CommandTests.run("train", "nonsense", in: folder).errors.contains("there are: mnist-mlp"))
    }

    @Test func badDataIsNamedAndLeavesNothing() throws {
        let result = try CommandTests.run(
            "train", "mnist-mlp", "--data", "nowhere", "--output", "run", in: folder)
        #expect(result.status == 1)
        #expect(result.errors.contains("nowhere"))
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/run"))
    }

    @Test func anUnwritableFolderIsNamed() throws {
        try Data().write(to: URL(filePath: "\(folder)/file"))
        let result = try CommandTests.run("train", "mnist-mlp", "--output", "file/run", in: folder)
        #expect(result.status == 1)
        #expect(result.errors.contains("file/run"))
    }

    @Test func doctorNamesTheLibraries() throws {
        let result = try CommandTests.run("doctor", in: folder)
        #expect(result.status == 0)
        for name in ["oneDNN", "OpenBLAS", "libpng", "libzip", "zlib", "MPI", "threads", "memory"] {
            #expect(result.output.contains(name))
        }
    }

    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func aSignalSavesAndResumingEndsWithTheSameWeights(_ signal: Int32, _ status: Int32) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let whole = try CommandTests.run(
            "train", "mnist-mlp", "--epochs", "2", "--threads", "1", "--output", "whole", in: folder)
        #expect(whole.status == 0)
        let (process, output, errors) = try CommandTests.start(
            ["train", "mnist-mlp", "--epochs", "2", "--threads", "1", "--output", "parts"], in: folder)
        // Within the second epoch: the first one's checkpoint is there.
        while process.isRunning && !FileManager.default.fileExists(atPath: "\(folder)/parts/last.safetensors")
        { usleep(1000) }
        kill(process.processIdentifier, signal)
        let stopped = CommandTests.finish(process, output, errors)
        #expect(stopped.status == status, "\(stopped.output) \(stopped.errors)")
        #expect(stopped.output.contains("saved parts/last.safetensors"))
        let resumed = try CommandTests.run("train", "mnist-mlp", "--output", "parts", "--resume", in: folder)
        #expect(resumed.status == 0, "\(resumed.errors)")
        try expectSameRun("whole", "parts")
    }

    @Test func killedAtAnyMomentARunGoesOn() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let whole = try CommandTests.run(
            "train", "mnist-mlp", "--epochs", "3", "--threads", "1", "--output", "whole", in: folder)
        #expect(whole.status == 0)
        var arguments = ["train", "mnist-mlp", "--epochs", "3", "--threads", "1", "--output", "parts"]
        // Shortly after one of its files appears or changes: while it is written, and in the next epoch.
        for (file, delay) in [
            ("config.json", 50_000), ("metrics.jsonl", 0), ("last.safetensors", 100_000),
            ("metrics.jsonl", 2_000),
        ] as [(String, useconds_t)] {
            let path = "\(folder)/parts/\(file)"
            let before = CommandTests.inode(path)
            let (process, output, errors) = try CommandTests.start(arguments, in: folder)
            while process.isRunning && CommandTests.inode(path) == before && file != "config.json"
                || CommandTests.inode(path) == nil
            { usleep(500) }
            usleep(delay)
            kill(process.processIdentifier, SIGKILL)
            _ = CommandTests.finish(process, output, errors)
            arguments = ["train", "mnist-mlp", "--output", "parts", "--resume"]
        }
        let resumed = try CommandTests.run("train", "mnist-mlp", "--output", "parts", "--resume", in: folder)
        #expect(resumed.status == 0, "\(resumed.errors)")
        try expectSameRun("whole", "parts")
    }

    private func expectSameRun(_ a: String, _ b: String) throws {
        #expect(
            try CommandTests.metrics("\(folder)/\(a)") == CommandTests.metrics("\(folder)/\(b)"))
        for file in ["last.safetensors", "best.safetensors"] {
            let (x, y) = (
                FileManager.default.contents(atPath: "\(folder)/\(a)/\(file)"),
                FileManager.default.contents(atPath: "\(folder)/\(b)/\(file)")
            )
            #expect(x != nil && x == y, "\(file) differs")
        }
    }
}
