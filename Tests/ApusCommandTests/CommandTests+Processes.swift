import Foundation
import Testing

/// `apus train --processes`, where Open MPI is installed.
extension CommandTests {
    static let hasMPI = FileManager.default.isExecutableFile(atPath: "/usr/bin/mpirun.openmpi")

    private func losses(_ folder: String) throws -> [Double] {
        let lines = try String(contentsOfFile: "\(self.folder)/\(folder)/metrics.jsonl", encoding: .utf8)
        return lines.matches(of: #/"test_loss": ([0-9.e-]+)/#).compactMap { Double($0.1) }
    }

    @Test(.enabled(if: hasMPI)) func twoProcessesTrainAsOne() throws {
        let one = try Self.run("train", "mnist-mlp", "--epochs", "2", "--output", "one", in: folder)
        let two = try Self.run(
            "train", "mnist-mlp", "--epochs", "2", "--output", "two", "--processes", "2", in: folder)
        #expect(one.status == 0 && two.status == 0, "\(two.errors)")
        #expect(two.errors == "")
        #expect(two.output.split(separator: "\n").count == one.output.split(separator: "\n").count)
        let (a, b) = (try losses("one"), try losses("two"))
        #expect(a.count == 2 && b.count == 2)
        for (x, y) in zip(a, b) { #expect(abs(x - y) < 0.02) }
    }

    @Test(.enabled(if: hasMPI)) func processesThatAreInterruptedGoOnAsOthers() throws {
        let started = try Self.start(
            ["train", "mnist-conv", "--epochs", "4", "--output", "run", "--processes", "2"], in: folder)
        try waitForRecords(1, in: "run")
        kill(started.0.processIdentifier, SIGINT)
        let stopped = Self.finish(started)
        #expect(stopped.status == 130 && stopped.errors == "", "\(stopped.errors)")
        #expect(stopped.output.contains("--resume --output run goes on"))
        let resumed = try Self.run(
            "train", "mnist-conv", "--output", "run", "--processes", "3", "--resume", in: folder)
        #expect(resumed.status == 0 && resumed.output.contains("resuming run in epoch"), "\(resumed.errors)")
        #expect(try losses("run").count == 4)
    }

    @Test(.enabled(if: hasMPI)) func mistakesAreToldOnce() throws {
        for (arguments, message) in [
            (["dcgan", "--processes", "2"], "takes one process"),
            (
                ["mnist-mlp", "--processes", "3", "--batch-size", "2"],
                "--batch-size is 2; it must be at least 3"
            ),
            (["mnist-mlp", "--processes", "0"], "--processes is 0; it must be at least 1"),
            (["mnist-mlp", "--hosts", "a:x"], "--hosts a:x: it must be like a:2,b:2"),
            (["mnist-mlp", "--hosts", "a:2,b:2", "--processes", "3"], "--hosts has places for 4"),
        ] {
            let (process, output, errors) = try Self.start(
                ["train"] + arguments + ["--output", "run"], in: folder)
            let result = Self.finish(process, output, errors)
            #expect(result.status == 1 || result.status == 64, "\(result.status)")
            #expect(result.errors.contains(message), "\(result.errors)")
            #expect(
                result.errors.split(separator: "\n").count { $0.contains("apus:") } <= 1, "\(result.errors)")
        }
    }

    /// What keeps processes from starting, MPI says itself.
    @Test(.enabled(if: hasMPI)) func aMachineThatIsNotThereIsTold() throws {
        let result = try Self.run("train", "mnist-mlp", "--hosts", "nowhere.invalid:2", in: folder)
        #expect(result.status != 0 && !result.errors.isEmpty, "\(result.status): \(result.errors)")
    }

    private func waitForRecords(_ count: Int, in run: String) throws {
        for _ in 0..<600 {
            if (try? losses(run).count) ?? 0 >= count { return }
            usleep(100_000)
        }
        Issue.record("there are no records")
    }
}
