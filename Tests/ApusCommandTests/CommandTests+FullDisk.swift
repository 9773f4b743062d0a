import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// A checkpoint takes more than 4 MiB; configuration and metrics take less than 1 KiB.
    @Suite struct FullDisk {
        let folder = TemporaryFolder()

        @Test func theFirstCheckpointThatDoesNotFitIsNamed() throws {
            let result = try CommandTests.run(
                fileLimit: 1024, "train", "mnist-mlp", "--epochs", "1", "--threads", "1", "--output", "run",
                in: folder.path)
            #expect(result.status == 1)
            #expect(result.errors == "apus: run/best.safetensors: cannot write: File too large\n")
            #expect(
                try CommandTests.names(in: "\(folder.path)/run") == ["config.json", "metrics.jsonl"])
        }

        // The thread sanitizer's own start needs a file.
        @Test(.enabled(if: ProcessInfo.processInfo.environment["TSAN_OPTIONS"] == nil))
        func aConfigurationThatDoesNotFitLeavesNoRun() throws {
            let result = try CommandTests.run(
                fileLimit: 0, "train", "mnist-mlp", "--output", "run", in: folder.path)
            #expect(result.status == 1)
            #expect(result.errors == "apus: run/config.json: cannot write: File too large\n")
            #expect(try CommandTests.names(in: folder.path) == [])
        }

        @Test func earlierCheckpointsStayAndTheRunGoesOn() throws {
            let run = "\(folder.path)/run"
            func train(_ epochs: Int, to output: String) throws {
                let result = try CommandTests.run(
                    "train", "mnist-mlp", "--epochs", "\(epochs)", "--threads", "1", "--output", output,
                    in: folder.path)
                #expect(result.status == 0, "\(result.errors)")
            }
            try train(2, to: "whole")
            try train(1, to: "run")
            func contents(_ folder: String) -> [Data?] {
                ["last.safetensors", "best.safetensors"].map {
                    FileManager.default.contents(atPath: "\(folder)/\($0)")
                }
            }
            let before = contents(run)
            #expect(!before.contains(nil))

            let failed = try CommandTests.run(
                fileLimit: 1024, "train", "mnist-mlp", "--resume", "--epochs", "2", "--output", "run",
                in: folder.path)
            #expect(failed.status == 1)
            #expect(failed.errors.hasPrefix("apus: run/"))
            #expect(failed.errors.hasSuffix(".safetensors: cannot write: File too large\n"))
            #expect(contents(run) == before)
            #expect(
                try CommandTests.names(in: run)
                    == [
                        "best.safetensors", "config.json", "curves.svg", "last.safetensors", "metrics.csv",
                        "metrics.jsonl",
                    ])
            let evaluated = try CommandTests.run("evaluate", "run", in: folder.path)
            #expect(evaluated.status == 0, "\(evaluated.errors)")

            let resumed = try CommandTests.run(
                "train", "mnist-mlp", "--resume", "--output", "run", in: folder.path)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(contents(run) == contents("\(folder.path)/whole"))
            #expect(try CommandTests.metrics(run) == CommandTests.metrics("\(folder.path)/whole"))
        }
    }
}
