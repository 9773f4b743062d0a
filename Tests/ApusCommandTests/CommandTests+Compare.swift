import ApusData
import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    @Suite struct Compare {
        let folder = TemporaryFolder()

        @Test func resultsAreShownAndModelsCanBeUsed() throws {
            let result = try CommandTests.run(
                "compare", "mnist-mlp", "mnist-conv", "--epochs", "1", "--batch-size", "500", "--output",
                "both",
                in: folder.path)
            #expect(result.status == 0, "\(result.errors)")
            let table = result.output.split(separator: "\n").suffix(5)
            #expect(
                table.first?.split(separator: " ").map(String.init)
                    == ["test", "accuracy", "mnist-mlp", "mnist-conv"])
            #expect(table.contains { $0.hasPrefix("parameters (real numbers)") && $0.contains("103,018") })
            #expect(
                try CommandTests.names(in: "\(folder.path)/both")
                    == ["comparison.json", "mnist-conv", "mnist-mlp"])

            let again = try CommandTests.run(
                "compare", "mnist-conv", "mnist-mlp", "--output", "both", in: folder.path)
            #expect(again.status == 1)
            #expect(again.errors.contains("both/mnist-conv: holds a run already"))

            let resumed = try CommandTests.run(
                "compare", "mnist-mlp", "mnist-conv", "--resume", "--epochs", "1", "--output", "both",
                "--progress", "none", in: folder.path)
            #expect(resumed.status == 0, "\(resumed.errors)")
            // Seconds, in the last line, are kept in thousandths.
            let lines = resumed.output.split(separator: "\n")
            #expect(lines.count == table.count && lines.dropLast().elementsEqual(table.dropLast()))
        }

        private func compare(_ arguments: String...) throws -> Result {
            let (process, output, errors) = try CommandTests.start(["compare"] + arguments, in: folder.path)
            return CommandTests.finish(process, output, errors)
        }

        @Test func resumingGoesOnAsItWasBegun() throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            func begin(_ output: String) throws -> Result {
                try compare(
                    "mnist-mlp", "mnist-conv", "--data", "data", "--epochs", "2", "--batch-size", "8", "--lr",
                    "0.01",
                    "--seed", "7", "--output", output, "--progress", "none")
            }
            let whole = try begin("whole")
            #expect(whole.status == 0, "\(whole.errors)")
            let table = whole.output.split(separator: "\n").filter { !$0.hasPrefix("seconds") }
            // As if stopped before the second recipe had begun, and in the first one's last epoch.
            #expect(try begin("parts").status == 0)
            try FileManager.default.removeItem(atPath: "\(folder.path)/parts/mnist-conv")
            let resumed = try compare(
                "mnist-mlp", "mnist-conv", "--resume", "--output", "parts", "--progress", "none")
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.output.split(separator: "\n").filter { !$0.hasPrefix("seconds") } == table)
            for file in ["config.json", "last.safetensors"] {
                let files = ["whole", "parts"].map {
                    FileManager.default.contents(atPath: "\(folder.path)/\($0)/mnist-conv/\(file)")
                }
                #expect(files[0] != nil && files[0] == files[1], "\(file)")
            }

            // What contradicts how it was begun is refused, both values named, whether a recipe has begun or not.
            try FileManager.default.removeItem(atPath: "\(folder.path)/parts/mnist-conv")
            try TinyMNIST.write(to: "\(folder.path)/other", seed: 3)
            for (arguments, before, after) in [
                (["--seed", "8"], "--seed 7", "--seed 8"), (["--lr", "0.1"], "--lr 0.01", "--lr 0.1"),
                (["--batch-size", "9"], "--batch-size 8", "--batch-size 9"),
                (["--epochs", "1"], "--epochs 2", "--epochs 1"),
                (["--data", "other"], "parts/mnist-mlp", "other"),
            ] {
                let (process, output, errors) = try CommandTests.start(
                    ["compare", "mnist-mlp", "mnist-conv", "--resume", "--output", "parts"] + arguments,
                    in: folder.path)
                let result = CommandTests.finish(process, output, errors)
                #expect(result.status == 1)
                #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
                #expect(result.errors.contains(before) && result.errors.contains(after), "\(result.errors)")
            }
            let others = try compare("mnist-mlp", "mnist-separable", "--resume", "--output", "parts")
            #expect(others.status == 1)
            #expect(
                others.errors.contains("recipes mnist-mlp mnist-conv, not recipes mnist-mlp mnist-separable"))

            // The number of epochs may grow, and the data may move.
            try FileManager.default.moveItem(atPath: "\(folder.path)/data", toPath: "\(folder.path)/moved")
            let gone = try compare("mnist-mlp", "mnist-conv", "--resume", "--output", "parts")
            #expect(gone.status == 1 && gone.errors.contains("pass --data"), "\(gone.errors)")
            let grown = try compare(
                "mnist-conv", "mnist-mlp", "--resume", "--output", "parts", "--data", "moved", "--epochs", "3"
            )
            #expect(grown.status == 0 && grown.output.contains("epoch 3"), "\(grown.errors)")
        }

        @Test func oneProcessComparesInAFolder() throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            let (first, output, errors) = try CommandTests.start(
                ["compare", "mnist-mlp", "mnist-conv", "--data", "data", "--epochs", "1000000"],
                in: folder.path)
            let path = "runs/compare-1/mnist-mlp/last.safetensors"
            #expect(CommandTests.wait { FileManager.default.fileExists(atPath: "\(folder.path)/\(path)") })
            let second = try compare("mnist-mlp", "mnist-conv", "--resume")
            #expect(second.status == 1)
            #expect(
                second.errors.hasPrefix("apus: runs/compare-1: process \(first.processIdentifier) since 2"))
            kill(first.processIdentifier, SIGINT)
            #expect(CommandTests.finish(first, output, errors).status == 128 + SIGINT)
            #expect(
                try CommandTests.names(in: "\(folder.path)/runs/compare-1") == [
                    "comparison.json", "mnist-mlp",
                ])
        }

        @Test func aDamagedConfigurationIsOneLine() throws {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/both", withIntermediateDirectories: true)
            for text in [
                "", "{}", "{\"runs\": []}", "{\"runs\": [1]}", "[",
                "{\"runs\": [{\"recipe\": \"mnist-mlp\"}]}",
            ] {
                try text.write(
                    toFile: "\(folder.path)/both/comparison.json", atomically: true, encoding: .utf8)
                let result = try compare("mnist-mlp", "mnist-conv", "--resume", "--output", "both")
                #expect(result.status == 1)
                #expect(
                    result.errors.hasPrefix("apus: both/comparison.json: ")
                        && result.errors.split(separator: "\n").count == 1, "\(text): \(result.errors)")
            }
            let none = try compare("mnist-mlp", "mnist-conv", "--resume")
            #expect(none.status == 1 && none.errors.contains("there is no run to resume"))
        }

        @Test(arguments: [
            (["mnist-mlp"], "a comparison needs at least two recipes"),
            ([], "Missing expected argument '<recipes> ...'"),
            (["mnist-mlp", "mnist-mpl"], "there is no recipe 'mnist-mpl'; there are: mnist-mlp, "),
            (["mnist-mlp", "mnist-mlp"], "mnist-mlp is given twice"),
            (["mnist-mlp", "audio-real"], "their results cannot be compared"),
            (["audio-real", "audio-complex", "--data", "x"], "this recipe takes no files"),
            (["audio-real", "audio-complex", "--epochs", "0"], "--epochs is 0; it must be at least 1"),
        ])
        func wrongUsageIsExplained(_ arguments: [String], _ explanation: String) throws {
            let (process, output, errors) = try CommandTests.start(
                ["compare"] + arguments, in: folder.path)
            let result = CommandTests.finish(process, output, errors)
            #expect(result.status == 64, "\(result.errors)")
            let line = result.errors.split(separator: "\n").first ?? ""
            #expect(line.contains(explanation), "\(line)")
            #expect(try CommandTests.names(in: folder.path) == [])
        }
    }
}
