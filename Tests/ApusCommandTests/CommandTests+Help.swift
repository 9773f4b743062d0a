import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// What the program says of itself, and to those who mistype.
    @Suite struct Help {
        let folder = TemporaryFolder()

        private static let commands = [
            "train", "runs", "report", "compare", "study", "evaluate", "predict", "explain", "export",
            "summary", "models",
            "classify", "checkerboard", "convert", "inspect", "list", "doctor",
        ]

        @Test func theVersionIsOneLine() throws {
            let result = try CommandTests.run("--version", in: folder.path)
            #expect(result.status == 0 && result.errors == "")
            #expect(result.output.wholeMatch(of: /apus \d+\.\d+\.\d+\S*\n/) != nil, "\(result.output)")
            #expect(try CommandTests.run("train", "--version", in: folder.path).output == result.output)
        }

        @Test(arguments: [["help"], ["--help"], []])
        func helpListsCommandsRecipesAndModels(_ arguments: [String]) throws {
            let result = try CommandTests.finish(CommandTests.start(arguments, in: folder.path))
            #expect(result.status == 0 && result.errors == "")
            for name in Self.commands + ["mnist-conv", "audio-complex", "resnet50", "--version", "Examples:"]
            {
                #expect(result.output.contains(name), "\(name)")
            }
        }

        @Test func theReadmeHasEveryCommand() throws {
            let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
            let text = try String(contentsOfFile: root.joined(separator: "/") + "/README.md", encoding: .utf8)
            for command in Self.commands + ["data fetch"] {
                #expect(
                    text.contains("| `apus \(command)") || text.contains("`, `apus \(command)"), "\(command)")
            }
        }

        @Test func everyCommandShowsExamples() throws {
            for command in Self.commands {
                let result = try CommandTests.run(command, "--help", in: folder.path)
                #expect(result.status == 0 && result.errors == "")
                let examples = result.output.components(separatedBy: "Examples:\n").dropFirst().first ?? ""
                let lines = examples.split(separator: "\n").prefix { $0.contains("apus") }
                #expect(lines.count >= 2, "\(command)")
                #expect(lines.allSatisfy { $0.contains("apus \(command)") }, "\(lines)")
                #expect(try CommandTests.run("help", command, in: folder.path).output == result.output)
            }
        }

        @Test(arguments: [
            (["trian", "mnist-mlp"], "there is no command 'trian'; did you mean 'train'?"),
            (["tran"], "did you mean 'train'?"), (["Train"], "did you mean 'train'?"),
            (["eval"], "did you mean 'evaluate'?"), (["evalute", "run"], "did you mean 'evaluate'?"),
            (["predcit", "run", "x.png"], "did you mean 'predict'?"), (["pred"], "did you mean 'predict'?"),
            (["summarise"], "did you mean 'summary'?"), (["sumary"], "did you mean 'summary'?"),
            (["compair"], "did you mean 'compare'?"), (["docter"], "did you mean 'doctor'?"),
            (["covnert"], "did you mean 'convert'?"), (["inspct"], "did you mean 'inspect'?"),
            (["checkboard"], "did you mean 'checkerboard'?"), (["help", "trian"], "did you mean 'train'?"),
            (
                ["dance"],
                "there is no command 'dance'; there are: train, runs, report, compare, "
            ),
            (["mnist-mlp"], "'mnist-mlp' is a recipe, not a command; did you mean 'apus train mnist-mlp'?"),
            (["train", "mnist-mpl"], "did you mean 'mnist-mlp'?"),
            (["train", "mlp"], "did you mean 'mnist-mlp'?"),
            (["train", "mnistmlp"], "did you mean 'mnist-mlp'?"),
            (["train", "MNIST-CONV"], "did you mean 'mnist-conv'?"),
            (["train", "mnist-cnn"], "did you mean 'mnist-conv'?"),
            (["train", "conv"], "did you mean 'mnist-conv'?"),
            (["compare", "mnist-mlp", "mnist-seperable"], "did you mean 'mnist-separable'?"),
            (["compare", "audio-rael", "audio-complex"], "did you mean 'audio-real'?"),
            (["summary", "resnet-50"], "did you mean 'resnet50',"),
            (["summary", "mnist-convs"], "did you mean 'mnist-conv'?"),
            (["clasify"], "did you mean 'classify'?"),
            (["evaluate", "run", "--model", "mnist-mpl"], "did you mean 'mnist-mlp'?"),
            (["train", "mnist-mlp", "--epcohs", "3"], "Did you mean '--epochs'?"),
            (["train", "mnist-mlp", "--ouput", "x"], "Did you mean '--output'?"),
            (["predict", "run", "x.png", "--jsn"], "Did you mean '--json'?"),
            (["predict", "run", "x.png", "--checkpoint", "bset"], "did you mean 'best'?"),
            (["evaluate", "run", "--chekpoint", "last"], "Did you mean '--checkpoint'?"),
        ])
        func mistypedWordsNameTheNearest(_ arguments: [String], _ explanation: String) throws {
            let result = try CommandTests.finish(CommandTests.start(arguments, in: folder.path))
            #expect(result.status == 64 && result.output == "", "\(result.errors)")
            let line = result.errors.split(separator: "\n").first ?? ""
            #expect(line.contains(explanation), "\(line)")
            #expect(try CommandTests.names(in: folder.path) == [])
        }

        /// Each command's own usage, whichever part of it finds the mistake.
        @Test(arguments: [
            ["train"], ["train", "nonsense"], ["train", "mnist-mlp", "--epochs", "0"],
            ["train", "mnist-mlp", "--nonsense"],
            ["compare", "mnist-mlp"], ["evaluate"], ["evaluate", "run", "--model", "nonsense"],
            ["predict", "run"],
            ["export", "run"], ["summary", "nonsense"], ["summary", "mnist-conv", "--input", "1x3x224x224"],
            ["summary", "mnist-conv", "--input", "9999999x1x28x28"],
            ["checkerboard", "--kernel", "0", "--stride", "2"],
            ["checkerboard", "--kernel", "3", "--stride", "1000", "--size", "1000"], ["doctor", "nonsense"],
            ["convert", "a.npz"], ["convert", "a.npz", "b.txt"], ["inspect"],
        ])
        func errorsShowTheCommandsOwnUsage(_ arguments: [String]) throws {
            let result = try CommandTests.finish(CommandTests.start(arguments, in: folder.path))
            #expect(result.status == 64 && result.output == "")
            let usage = result.errors.split(separator: "\n").first { $0.hasPrefix("Usage:") }
            #expect(usage?.hasPrefix("Usage: apus \(arguments[0])") == true, "\(result.errors)")
            #expect(result.errors.contains("See 'apus \(arguments[0]) --help' for more information."))
        }

        @Test(arguments: ["bash", "zsh", "fish"])
        func shellsCompleteNamesFoldersAndFiles(_ shell: String) throws {
            let result = try CommandTests.run("--generate-completion-script", shell, in: folder.path)
            #expect(result.status == 0 && result.errors == "")
            for word in ["mnist-separable", "resnet34", "checkerboard", "png", "safetensors"] {
                #expect(result.output.contains(word), "\(word)")
            }
            let folders = ["bash": "completions -d\n", "zsh": "_files -/", "fish": "complete_directories"][
                shell]!
            #expect(result.output.contains(folders))
        }
    }
}
