import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// Runs side by side, moved, gone on with, and stopped by a closed terminal.
    @Suite struct Runs {
        let folder = TemporaryFolder()

        private func data() throws { try TinyMNIST.write(to: "\(folder.path)/data") }

        @Test func theSecondIsToldWhoWrites() throws {
            try data()
            let (first, output, errors) = try CommandTests.start(
                ["train", "mnist-mlp", "--data", "data", "--epochs", "1000000", "--output", "run"],
                in: folder.path)
            #expect(
                CommandTests.wait {
                    FileManager.default.fileExists(atPath: "\(folder.path)/run/last.safetensors")
                })
            for arguments in [["--output", "run"], ["--output", "run", "--resume"]] {
                let (process, out, err) = try CommandTests.start(
                    ["train", "mnist-mlp", "--data", "data"] + arguments, in: folder.path)
                let second = CommandTests.finish(process, out, err)
                #expect(second.status == 1)
                #expect(
                    second.errors.hasPrefix("apus: run: process \(first.processIdentifier) since 2"),
                    "\(second.errors)")
                #expect(second.errors.split(separator: "\n").count == 1)
            }
            let evaluated = try CommandTests.run("evaluate", "run", in: folder.path)
            #expect(evaluated.status == 0, "\(evaluated.errors)")
            kill(first.processIdentifier, SIGTERM)
            #expect(CommandTests.finish(first, output, errors).status == 128 + SIGTERM)
            #expect(!(try CommandTests.names(in: "\(folder.path)/run")).contains(".lock"))
        }

        @Test func aKilledProcessHoldsNothing() throws {
            try data()
            let (first, output, errors) = try CommandTests.start(
                ["train", "mnist-mlp", "--data", "data", "--epochs", "1000000", "--output", "run"],
                in: folder.path)
            #expect(
                CommandTests.wait {
                    FileManager.default.fileExists(atPath: "\(folder.path)/run/last.safetensors")
                })
            kill(first.processIdentifier, SIGKILL)
            _ = CommandTests.finish(first, output, errors)
            let epochs = try CommandTests.metrics("\(folder.path)/run").count + 1
            let resumed = try CommandTests.run(
                "train", "mnist-mlp", "--output", "run", "--resume", "--epochs", "\(epochs)", in: folder.path)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(!(try CommandTests.names(in: "\(folder.path)/run")).contains(".lock"))
        }

        @Test func runsBegunTogetherGetFoldersOfTheirOwn() throws {
            try data()
            let processes = try (0..<4).map { _ in
                try CommandTests.start(
                    ["train", "mnist-mlp", "--data", "data", "--epochs", "1"], in: folder.path)
            }
            for (process, output, errors) in processes {
                let result = CommandTests.finish(process, output, errors)
                #expect(result.status == 0, "\(result.errors)")
            }
            let names = try CommandTests.names(in: "\(folder.path)/runs")
            #expect(names == (1...4).map { "mnist-mlp-\($0)" })
            for name in names { #expect(try CommandTests.metrics("\(folder.path)/runs/\(name)").count == 1) }
        }

        @Test func resumingTakesTheHighestNumber() throws {
            try data()
            func train(_ arguments: String...) throws -> Result {
                let (process, output, errors) = try CommandTests.start(
                    ["train", "mnist-mlp", "--data", "data"] + arguments, in: folder.path)
                return CommandTests.finish(process, output, errors)
            }
            for number in [1, 9, 10] {
                let result = try train(
                    "--epochs", "1", "--seed", "\(number)", "--output", "runs/mnist-mlp-\(number)")
                #expect(result.status == 0, "\(result.errors)")
            }
            let resumed = try train("--resume", "--epochs", "2")
            #expect(
                resumed.status == 0 && resumed.output.contains("resuming runs/mnist-mlp-10 "),
                "\(resumed.output)")
            let next = try train("--epochs", "1")
            #expect(next.status == 0 && next.output.contains("→ runs/mnist-mlp-11\n"), "\(next.output)")
            let contradicting = try train(
                "--resume", "--epochs", "2", "--seed", "7", "--output", "runs/mnist-mlp-9")
            #expect(
                contradicting.errors
                    == "apus: runs/mnist-mlp-9: the run was begun with --seed 9, not --seed 7; leave these options out to resume it\n"
            )
        }

        @Test func anInterruptedEpochOutlivesTheTerminal() throws {
            try TinyMNIST.write(to: "\(folder.path)/data", train: 3000)
            for signals in [[SIGHUP], [SIGHUP, SIGHUP], [SIGTERM, SIGHUP]] {
                let run = "run-\(signals.map(String.init).joined(separator: "-"))"
                let (process, output, errors) = try CommandTests.start(
                    [
                        "train", "mnist-mlp", "--data", "data", "--epochs", "100000", "--threads", "1",
                        "--output",
                        run,
                    ],
                    in: folder.path)
                var said = output.fileHandleForReading.availableData
                while !said.isEmpty && !String(decoding: said, as: UTF8.self).contains("epoch 1/") {
                    said = output.fileHandleForReading.availableData
                }
                // Nobody reads what it says any more, as on a terminal that is closed.
                try output.fileHandleForReading.close()
                for signal in signals { kill(process.processIdentifier, signal) }
                process.waitUntilExit()
                #expect(process.terminationReason == .exit)
                #expect(process.terminationStatus == 128 + signals[0], "\(signals)")
                let message = String(
                    decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                #expect(message == "")
                // Within an epoch: it is the samples of that epoch that would have been lost.
                let resumed = try CommandTests.start(
                    ["train", "mnist-mlp", "--resume", "--output", run], in: folder.path)
                var line = ""
                while !line.contains("\n") {
                    let more = resumed.1.fileHandleForReading.availableData
                    if more.isEmpty { break }
                    line += String(decoding: more, as: UTF8.self)
                }
                kill(resumed.0.processIdentifier, SIGKILL)
                resumed.0.waitUntilExit()
                #expect(line.contains("resuming \(run) in epoch "), "\(line)")
            }
        }

        @Test func nohupIsRespected() throws {
            try data()
            let (process, output, errors) = try CommandTests.start(
                [
                    "-c", "trap '' HUP; exec \"$0\" \"$@\"", CommandTests.program, "train", "mnist-mlp",
                    "--data",
                    "data", "--epochs", "100000", "--output", "run",
                ], in: folder.path, executable: "/bin/sh")
            #expect(
                CommandTests.wait {
                    FileManager.default.fileExists(atPath: "\(folder.path)/run/last.safetensors")
                })
            kill(process.processIdentifier, SIGHUP)
            let before = try CommandTests.metrics("\(folder.path)/run").count
            #expect(
                CommandTests.wait {
                    !process.isRunning
                        || (try? CommandTests.metrics("\(folder.path)/run").count) ?? 0 > before + 3
                })
            #expect(process.isRunning)
            kill(process.processIdentifier, SIGTERM)
            #expect(CommandTests.finish(process, output, errors).status == 128 + SIGTERM)
        }

        @Test func aFolderThatNothingCameToIsRemoved() throws {
            try data()
            let result = try CommandTests.run(
                "train", "mnist-mlp", "--data", "data", "--lr", "1e300", "--output", "deep/er/run",
                in: folder.path)
            #expect(result.status == 1)
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
            #expect(result.errors.contains("no checkpoint had been written yet"), "\(result.errors)")
            #expect(try CommandTests.names(in: folder.path) == ["data"])
            // But what was there before stays.
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/mine", withIntermediateDirectories: true)
            _ = try CommandTests.run(
                "train", "mnist-mlp", "--data", "data", "--lr", "1e300", "--output", "mine", in: folder.path)
            #expect(try CommandTests.names(in: "\(folder.path)/mine") == [])
            let missing = try CommandTests.run("train", "mnist-mlp", "--data", "nowhere", in: folder.path)
            #expect(missing.status == 1)
            #expect(try CommandTests.names(in: folder.path) == ["data", "mine"])
        }

        @Test(arguments: [
            ["--epochs", "9223372036854775807"], ["--epochs", "-1"], ["--threads", "9223372036854775807"],
            ["--threads", "1000000"], ["--threads=-4"], ["--lr", "nan"], ["--lr", "inf"], ["--lr=-0.1"],
            ["--lr", "0"],
            ["--batch-size=-9223372036854775808"], ["--batch-size", "99999999999999999999"], ["--seed=-1"],
        ])
        func numbersThatNoRunCanHave(_ arguments: [String]) throws {
            for command in [["train", "mnist-mlp"], ["compare", "mnist-mlp", "mnist-conv"]] {
                let (process, output, errors) = try CommandTests.start(command + arguments, in: folder.path)
                let result = CommandTests.finish(process, output, errors)
                #expect(result.status == 64, "\(result.status): \(result.errors)")
                #expect(try CommandTests.names(in: folder.path) == [])
            }
        }

        @Test func aBatchMayBeLargerThanTheData() throws {
            try data()
            let result = try CommandTests.run(
                "train", "mnist-mlp", "--data", "data", "--epochs", "1", "--batch-size",
                "9223372036854775807",
                "--seed", "18446744073709551615", "--output", "run", in: folder.path)
            #expect(result.status == 0, "\(result.errors)")
        }

        @Test func manyThreadsAreThereOrRefused() throws {
            let (process, output, errors) = try CommandTests.start(
                ["OMP_NUM_THREADS=100000", CommandTests.program, "summary", "mnist-mlp"], in: folder.path,
                executable: "/usr/bin/env")
            let result = CommandTests.finish(process, output, errors)
            #expect(result.status == 1)
            #expect(
                result.errors.contains("of 100000 threads") && result.errors.hasPrefix("apus: "),
                "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1)
        }
    }
}
