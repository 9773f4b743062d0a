import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// `apus generate`.
    @Suite struct Generate {
        let folder = TemporaryFolder()

        private func apus(_ arguments: String...) throws -> Result {
            try CommandTests.finish(CommandTests.start(arguments, in: folder.path))
        }

        private func train(_ name: String, _ settings: String...) throws {
            let sizes = ["channels=8", "layers=1", "heads=2", "context=32", "characters=20000"]
            let result = try CommandTests.finish(
                CommandTests.start(
                    ["train", "char-lm", "--epochs", "1", "--output", name]
                        + (sizes + settings).flatMap { ["--set", $0] }, in: folder.path))
            #expect(result.status == 0, "\(result.errors)")
        }

        @Test func aModelWrites() throws {
            try train("run", "model=mamba")
            let texts = try (0..<2).map { _ in
                try apus("generate", "run", "--prompt", "One day", "--tokens", "40", "--seed", "3")
            }
            #expect(texts[0].status == 0, "\(texts[0].errors)")
            #expect(texts[0].output == texts[1].output)
            #expect(texts[0].output.hasPrefix("One day") && texts[0].output.hasSuffix("\n"))
            #expect(texts[0].output.utf8.count >= 48)
            let likely = try apus(
                "generate", "run", "--prompt", "One day", "--tokens", "10", "--temperature", "0",
                "--stop", " ")
            #expect(likely.status == 0 && !likely.output.dropFirst(8).contains(" "))
        }

        @Test func mistakesAreSaid() throws {
            try train("run", "model=s4")
            func fails(_ arguments: [String], _ status: Int32, _ error: String) throws {
                let result = try CommandTests.finish(
                    CommandTests.start(["generate", "run"] + arguments, in: folder.path))
                #expect(result.status == status && result.errors.contains(error), "\(result.errors)")
            }
            try fails(
                ["--prompt", ""], 1, "apus: the prompt is empty: a model goes on from one token or more\n")
            try fails(
                ["--prompt", String(repeating: "a", count: 40)], 1,
                "apus: the prompt has 40 tokens, and the model sees at most 32\n")
            try fails(["--prompt", "a", "--temperature=-1"], 64, "a temperature of -1.0; it is 0 or more")
            try fails(["--prompt", "a", "--top-p", "2"], 64, "a probability of 2.0; it is above 0")
            try fails(["--prompt", "a", "--stop", "ab"], 64, "--stop is \"ab\", which is 2 tokens")
            let mixer = try apus("train", "char-lm", "--model", "mambo")
            #expect(mixer.status == 1 && mixer.errors.contains("did you mean 'mamba'?"), "\(mixer.errors)")
            let heads = try apus("train", "char-lm", "--set", "heads=3")
            #expect(heads.status == 1 && heads.errors.contains("128 channels in 3 heads"), "\(heads.errors)")
        }

        @Test func otherModelsWriteNothing() throws {
            let training = try apus(
                "train", "word2vec", "--epochs", "1", "--set", "sentences=200", "--output", "words")
            #expect(training.status == 0, "\(training.errors)")
            let result = try apus("generate", "words", "--prompt", "a")
            #expect(result.status == 1)
            #expect(result.errors == "apus: a model of word2vec writes no text; those of char-lm do\n")
        }
    }
}
