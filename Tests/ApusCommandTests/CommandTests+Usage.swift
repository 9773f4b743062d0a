import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// Wrong usage exits with 64 and a first line that helps.
    @Suite struct Usage {
        let folder = TemporaryFolder()

        @Test(arguments: [
            (
                ["train", "mnist-mpl"],
                "there is no recipe 'mnist-mpl'; there are: mnist-mlp, mnist-conv, mnist-separable"
            ),
            (["train", "mnist-mlp", "--epoch", "3"], "Unknown option '--epoch'. Did you mean '--epochs'?"),
            (
                ["train", "mnist-mlp", "--thread", "3"],
                "Unknown option '--thread'. Did you mean '--threads'?"
            ),
            (["train"], "Missing expected argument '<recipe>'"),
            (["train", "mnist-mlp", "--epochs"], "Missing value for '--epochs <epochs>'"),
            (
                ["train", "mnist-mlp", "--epochs", "few"],
                "The value 'few' is invalid for '--epochs <epochs>'"
            ),
            (["train", "mnist-mlp", "--epochs", "0"], "--epochs is 0; it must be at least 1"),
            (["train", "mnist-mlp", "--lr=-1"], "--lr is -1.0; it must be a positive number"),
            (["train", "mnist-mlp", "--batch-size", "0"], "--batch-size is 0; it must be at least 1"),
            (["train", "mnist-mlp", "--threads", "0"], "--threads is 0; it must be at least 1"),
            (
                ["train", "mnist-mlp", "--progress", "bar"],
                "Please provide one of 'auto', 'plain' or 'none'."
            ),
            (["predict", "run"], "Missing expected argument '<image> ...'"),
            (["evaluate", "a", "b"], "Unexpected argument 'b'"),
        ])
        func isExplained(_ arguments: [String], _ explanation: String) throws {
            let (process, output, errors) = try CommandTests.start(arguments, in: folder.path)
            let result = CommandTests.finish(process, output, errors)
            #expect(result.status == 64, "\(result.errors)")
            let line = result.errors.split(separator: "\n").first ?? ""
            #expect(line.contains(explanation), "\(line)")
            #expect(result.output == "")
            #expect(try CommandTests.names(in: folder.path) == [])
        }

        @Test func helpIsNoError() throws {
            let result = try CommandTests.run("train", "--help", in: folder.path)
            #expect(result.status == 0 && result.errors == "")
            for word in ["mnist-mlp", "--epochs", "--resume", "--output"] {
                #expect(result.output.contains(word), "\(word)")
            }
        }
    }
}
