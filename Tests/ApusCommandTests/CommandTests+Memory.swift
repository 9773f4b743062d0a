import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// Whatever the system's limit on memory, a command does its work or says in one line that there is too little.
    /// The sanitizers' own memory is beyond all such limits.
    @Suite(
        .enabled(
            if: ["ASAN_OPTIONS", "TSAN_OPTIONS"].allSatisfy { ProcessInfo.processInfo.environment[$0] == nil }
        ))
    struct LittleMemory {
        let folder = TemporaryFolder()

        @Test(arguments: [("mnist-conv", 60_000), ("mnist-complex", 150_000)])
        func addressSpaceFromTooLittleToEnough(_ recipe: String, _ step: Int) throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            var statuses: [Int32] = []
            for kibibytes in Array(stride(from: 260_000, through: 900_000, by: step)) + [2_000_000] {
                let result = try limited(
                    "v", kibibytes, "train", recipe, "--data", "data", "--epochs", "1", "--threads", "2",
                    "--output",
                    "run-\(kibibytes)")
                try expectWorkOrOneLine(result, "\(recipe) in \(kibibytes) KiB", run: "run-\(kibibytes)")
                statuses.append(result.status)
            }
            #expect(statuses.first == 1 && statuses.last == 0, "\(statuses)")
        }

        @Test func othersThanTraining() throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            let trained = try CommandTests.run(
                "train", "mnist-mlp", "--data", "data", "--epochs", "1", "--output", "run", in: folder.path)
            #expect(trained.status == 0, "\(trained.errors)")
            for arguments in [["doctor"], ["evaluate", "run"], ["summary", "resnet18"], ["--help"]] {
                for kibibytes in [300_000, 450_000, 600_000] {
                    let result = try limited("v", kibibytes, arguments)
                    try expectWorkOrOneLine(result, "\(arguments) in \(kibibytes) KiB")
                }
            }
        }

        @Test func otherLimits() throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            for (letter, values) in [("d", [200_000, 400_000]), ("s", [4_000_000])] {
                for kibibytes in values {
                    let result = try limited(
                        letter, kibibytes, "train", "mnist-conv", "--data", "data", "--epochs", "1",
                        "--output",
                        "run-\(letter)\(kibibytes)")
                    try expectWorkOrOneLine(
                        result, "ulimit -\(letter) \(kibibytes)", run: "run-\(letter)\(kibibytes)")
                }
            }
        }

        /// Each number of threads has a stack of its own.
        @Test func manyThreads() throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            let result = try limited(
                "v", 1_200_000, "train", "mnist-conv", "--data", "data", "--threads", "500", "--output",
                "run-many")
            #expect(result.status == 1)
            #expect(result.errors.contains("of 500 threads"), "\(result.errors)")
            try expectWorkOrOneLine(result, "500 threads", run: "run-many")
        }

        private func expectWorkOrOneLine(_ result: Result, _ what: String, run: String? = nil) throws {
            if result.status == 0 {
                #expect(result.errors == "", "\(what)")
                return
            }
            #expect(result.status == 1, "\(what): \(result.errors.suffix(300))")
            #expect(
                result.errors.hasPrefix("apus: ") && result.errors.split(separator: "\n").count == 1,
                "\(what): \(result.errors.suffix(300))")
            if let run {
                #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/\(run)"), "\(what)")
            }
        }

        private func limited(_ letter: String, _ kibibytes: Int, _ arguments: String...) throws -> Result {
            try limited(letter, kibibytes, arguments)
        }

        private func limited(_ letter: String, _ kibibytes: Int, _ arguments: [String]) throws -> Result {
            let script =
                "ulimit -\(letter) \(kibibytes); exec timeout 60 \"$0\" \"$@\""
            let (process, output, errors) = try CommandTests.start(
                ["-c", script, CommandTests.program] + arguments, in: folder.path, executable: "/bin/sh")
            return CommandTests.finish(process, output, errors)
        }
    }
}
