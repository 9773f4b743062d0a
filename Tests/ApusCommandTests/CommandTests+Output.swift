import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// What cannot be written is an error of the command that wrote it.
    @Suite struct Output {
        let folder = TemporaryFolder()

        private static let commands = [
            ["evaluate", "run"], ["runs", "."], ["report", "run"], ["summary", "mnist-mlp"],
            ["summary", "mnist-mlp", "--json"], ["doctor"],
            ["checkerboard", "--kernel", "3", "--stride", "2"], ["inspect", "run/best.safetensors"],
            ["convert", "run/best.safetensors", "best.npz", "--force"], ["--help"], ["help", "train"],
            ["train", "--help"],
            ["--generate-completion-script", "bash"],
            ["train", "mnist-mlp", "--data", "data", "--epochs", "1", "--output", "fresh"],
            ["train", "mnist-mlp", "--resume", "--output", "run"],
            ["compare", "mnist-mlp", "mnist-conv", "--data", "data", "--epochs", "1", "--output", "both"],
        ]

        private func begin() throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            let result = try CommandTests.run(
                "train", "mnist-mlp", "--data", "data", "--epochs", "1", "--output", "run", in: folder.path)
            #expect(result.status == 0, "\(result.errors)")
        }

        private func sh(_ script: String, _ arguments: [String]) throws -> Result {
            let (process, output, errors) = try CommandTests.start(
                ["-c", script, CommandTests.program] + arguments, in: folder.path, executable: "/bin/sh")
            return CommandTests.finish(process, output, errors)
        }

        private func clear() {
            for name in ["fresh", "both"] {
                try? FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
            }
        }

        @Test func aFullDevice() throws {
            try begin()
            for arguments in Self.commands {
                clear()
                let result = try sh("exec \"$0\" \"$@\" > /dev/full", arguments)
                #expect(result.status == 1, "\(arguments)")
                #expect(
                    result.errors == "apus: standard output: cannot write: No space left on device\n",
                    "\(arguments): \(result.errors)")
            }
            // The run is whole all the same.
            #expect(
                try CommandTests.names(in: "\(folder.path)/both/mnist-conv")
                    == [
                        "best.safetensors", "config.json", "curves.svg", "last.safetensors", "metrics.csv",
                        "metrics.jsonl",
                    ])
        }

        @Test func aClosedOutput() throws {
            try begin()
            for arguments in Self.commands {
                clear()
                let result = try sh("exec \"$0\" \"$@\" >&-", arguments)
                #expect(result.status == 1, "\(arguments)")
                #expect(
                    result.errors == "apus: standard output: cannot write: Bad file descriptor\n",
                    "\(arguments): \(result.errors)")
            }
            // Nothing that was printed went into a file that took the number of the closed stream.
            let trained = try sh(
                "exec \"$0\" \"$@\" <&- >&- 2>&-",
                ["train", "mnist-mlp", "--data", "data", "--epochs", "1", "--output", "closed"])
            #expect(trained.status == 1)
            let evaluated = try CommandTests.run("evaluate", "closed", in: folder.path)
            #expect(evaluated.status == 0, "\(evaluated.errors)")
            let resumed = try CommandTests.run(
                "train", "mnist-mlp", "--resume", "--output", "closed", in: folder.path)
            #expect(resumed.status == 0, "\(resumed.errors)")
        }

        @Test func aClosedPipe() throws {
            try begin()
            for arguments in Self.commands {
                clear()
                let result = try sh("{ \"$0\" \"$@\"; echo $? >&2; } | true", arguments)
                // The status comes on standard error; the reader may be slower than a single short write.
                let lines = result.errors.split(separator: "\n")
                #expect(lines == ["1"] || lines == ["0"], "\(arguments): \(result.errors)")
            }
        }

        /// Errors have nowhere to go, and the program ends as it should.
        @Test func closedErrors() throws {
            for stream in ["2>&-", "2> /dev/full"] {
                #expect(try sh("exec \"$0\" \"$@\" \(stream)", ["evaluate", "none"]).status == 1)
                #expect(try sh("exec \"$0\" \"$@\" \(stream)", ["dance"]).status == 64)
            }
        }

        @Test func errorsAreOneLineWhateverIsInThem() throws {
            let result = try CommandTests.run("evaluate", "no\nrun\u{7}", in: folder.path)
            #expect(result.status == 1)
            #expect(result.errors.split(separator: "\n").count == 1 && result.errors.contains("no\\nrun"))
        }
    }
}
