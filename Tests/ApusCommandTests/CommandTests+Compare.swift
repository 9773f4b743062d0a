import ApusData
import Foundation
import Testing

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
            #expect(try CommandTests.names(in: "\(folder.path)/both") == ["mnist-conv", "mnist-mlp"])

            let again = try CommandTests.run(
                "compare", "mnist-conv", "mnist-mlp", "--output", "both", in: folder.path)
            #expect(again.status == 1)
            #expect(again.errors.contains("both/mnist-conv: holds a run already"))

            let resumed = try CommandTests.run(
                "compare", "mnist-mlp", "mnist-conv", "--resume", "--epochs", "1", "--output", "both",
                "--progress", "none", in: folder.path)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.output.split(separator: "\n").elementsEqual(table))
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
