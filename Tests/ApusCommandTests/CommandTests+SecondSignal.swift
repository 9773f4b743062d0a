import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// The second Ctrl-C or SIGTERM ends the program at once, even in the middle of the checkpoint that
    /// the first one asked for.
    /// The thread sanitizer holds signals back for longer than the checkpoint takes.
    @Suite(.enabled(if: ProcessInfo.processInfo.environment["TSAN_OPTIONS"] == nil)) struct SecondSignal {
        let folder = TemporaryFolder()

        @Test(arguments: [(SIGINT, SIGTERM), (SIGTERM, SIGINT)])
        func endsTheProgramWithinTheCheckpoint(_ first: Int32, _ second: Int32) throws {
            let run = "\(folder.path)/run"
            let begun = try CommandTests.run(
                "train", "mnist-mlp", "--epochs", "1", "--threads", "1", "--output", "run", in: folder.path)
            #expect(begun.status == 0, "\(begun.errors)")

            // The checkpoint takes milliseconds: where it was over before the second signal, the program
            // has ended by the first, and is tried again.
            var ended: Result?
            for _ in 0..<30 {
                guard let result = try interrupted(first, within: run, second) else { continue }
                if result.status == 128 + second {
                    ended = result
                    break
                }
                #expect(result.status == 128 + first, "\(result.output) \(result.errors)")
            }
            let result = try #require(ended, "the second signal never ended the program")
            #expect(!result.output.contains("saved"))
            #expect(result.errors == "")

            // Whatever moment it was, the run is whole and goes on.
            let evaluated = try CommandTests.run("evaluate", "run", in: folder.path)
            #expect(evaluated.status == 0, "\(evaluated.errors)")
            let resumed = try CommandTests.run(
                "train", "mnist-mlp", "--resume", "--epochs", "2", "--output", "run", in: folder.path)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(
                try CommandTests.names(in: run)
                    == [
                        "best.safetensors", "config.json", "curves.svg", "last.safetensors", "metrics.csv",
                        "metrics.jsonl",
                    ])
        }

        /// Sends the first signal to a program in training, holds the program once it writes its
        /// checkpoint, and lets it go on with the second signal; nil if the checkpoint could not be caught.
        private func interrupted(_ first: Int32, within run: String, _ second: Int32) throws -> Result? {
            let (process, output, errors) = try CommandTests.start(
                ["train", "mnist-mlp", "--resume", "--epochs", "1000", "--output", "run"], in: folder.path)
            let identifier = process.processIdentifier
            var said = output.fileHandleForReading.availableData
            while !said.isEmpty && !String(decoding: said, as: UTF8.self).contains("resuming") {
                said = output.fileHandleForReading.availableData
            }
            kill(identifier, first)
            func isWriting() -> Bool {
                (try? CommandTests.names(in: run))?.contains { $0.hasPrefix(".last.safetensors.") } ?? false
            }
            let begun = CommandTests.wait { isWriting() || !process.isRunning }
            kill(identifier, SIGSTOP)
            let stopped = CommandTests.wait { Self.isStopped(identifier) || !process.isRunning }
            let caught = isWriting()
            if caught { kill(identifier, second) }
            kill(identifier, SIGCONT)
            #expect(begun && stopped)
            let result = CommandTests.finish(process, output, errors)
            return caught ? result : nil
        }

        /// The letter after the name in parentheses in `/proc/PID/stat`.
        private static func isStopped(_ identifier: Int32) -> Bool {
            guard let status = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8),
                let end = status.lastIndex(of: ")")
            else { return false }
            return status[end...].hasPrefix(") T")
        }
    }
}
