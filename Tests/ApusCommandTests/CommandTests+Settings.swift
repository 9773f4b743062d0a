import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// `apus train` with settings from a file and from the command line, and with other data than digits.
    @Suite struct Settings {
        let folder = TemporaryFolder()

        private func train(_ arguments: [String], of recipe: String = "mnist-mlp") throws -> Result {
            try CommandTests.finish(
                CommandTests.start(["train", recipe, "--progress", "none"] + arguments, in: folder.path))
        }

        private func configuration(_ run: String) throws -> NSDictionary {
            let data = try Data(contentsOf: URL(filePath: "\(folder.path)/\(run)/config.json"))
            return try #require(try JSONSerialization.jsonObject(with: data) as? NSDictionary)
        }

        @Test func theCommandLineWinsAndWhatItComesToIsSaved() throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            folder.write(
                "mine.yaml",
                Array(
                    """
                    # The file first, then --set, then options of their own.
                    data: data
                    epochs: 9
                    batch_size: 8
                    seed: 3
                    learning_rate: 0.5
                    clip_norm: 2
                    optimizer: {name: adamw, weight_decay: 0.05}
                    schedule: {name: cosine, warm_up: 0.5}

                    """.utf8))
            let result = try train([
                "--settings", "mine.yaml", "--set", "epochs=8", "--set", "learning_rate=0.25", "--set",
                "optimizer={name: lion, weight_decay: 0.1}", "--epochs", "1", "--set", "keep=1", "--threads",
                "1",
                "--output", "run",
            ])
            #expect(result.status == 0 && result.errors == "", "\(result.errors)")
            let expected: NSDictionary = [
                "recipe": "mnist-mlp", "data": "\(folder.path)/data", "epochs": 1, "batch_size": 8, "seed": 3,
                "threads": 1, "learning_rate": 0.25, "clip_norm": 2, "keep": 1, "accumulation": 1,
                "non_finite": "stop", "synchronize_batch_norms": false, "shard_optimizer": false,
                "optimizer": ["name": "lion", "weight_decay": 0.1],
                "schedule": ["name": "cosine", "warm_up": 0.5],
            ]
            let found = try configuration("run").mutableCopy() as! NSMutableDictionary
            let data = try #require(found["data"] as? String)
            #expect(data.hasSuffix("/data") && data.hasPrefix("/"))
            found["data"] = expected["data"]
            found["data_digest"] = nil
            #expect(found == expected, "\(found)")

            // What was saved is a settings file itself, and gives the same run.
            let again = try train(["--settings", "run/config.json", "--output", "again"])
            #expect(again.status == 0, "\(again.errors)")
            #expect(
                try CommandTests.metrics("\(folder.path)/again") == CommandTests.metrics("\(folder.path)/run")
            )
            #expect(try configuration("again") == configuration("run"))
        }

        @Test func whatARecipeHasOfItsOwnIsSaved() throws {
            let result = try train(
                ["--set", "episodes=2", "--set", "hidden=8", "--epochs", "1", "--output", "run"],
                of: "dqn-cartpole")
            #expect(result.status == 0, "\(result.errors)")
            let own = try #require(try configuration("run")["settings"] as? NSDictionary)
            #expect(own["episodes"] as? Int == 2 && own["hidden"] as? Int == 8)
            #expect(own["discount"] as? Double == 0.99)
            let again = try train(
                ["--settings", "run/config.json", "--set", "episodes=3", "--output", "again"],
                of: "dqn-cartpole")
            #expect(again.status == 0, "\(again.errors)")
            let changed = try #require(try configuration("again")["settings"] as? NSDictionary)
            #expect(changed["episodes"] as? Int == 3 && changed["hidden"] as? Int == 8)
        }

        @Test(arguments: [
            ("epoch: 3", "there is no setting 'epoch'; did you mean 'epochs'?"),
            ("optimizer: {name: adamw, weight_decy: 1}", "did you mean 'weight_decay'?"),
            ("optimizer: adamv", "there is no optimizer 'adamv'"),
            ("schedule: cosin", "did you mean 'cosine'?"),
            ("epochs: many", "epochs is many; it must be a whole number"),
            ("epochs: 1.5", "epochs is 1.5; it must be a whole number"),
            ("learning_rate: [1]", "learning_rate is [1]; it must be a number"),
            ("monitor: 3", "monitor is 3; it must be a word"),
            ("optimizer: 3", "it must be a name, or a group with a name"), ("epochs: [1, 2", "is no YAML"),
            ("epochs: 1\nepochs: 2", "duplicated key"), ("- 1", "expected names with values"),
            ("\u{1}", "is no YAML"),
        ])
        func aFileThatIsWrongIsNamed(_ text: String, _ reason: String) throws {
            folder.write("mine.yaml", Array(text.utf8))
            let result = try train(["--settings", "mine.yaml", "--epochs", "1"])
            let line = result.errors.split(separator: "\n").first ?? ""
            #expect([1, 64].contains(result.status) && result.output == "")
            #expect(line.contains(reason), "\(result.errors)")
            #expect(try CommandTests.names(in: folder.path) == ["mine.yaml"])
        }

        @Test func whatIsWrongOnTheCommandLineIsNamed() throws {
            for (arguments, reason) in [
                (["--set", "epoch=3"], "--set: there is no setting 'epoch'; did you mean 'epochs'?"),
                (["--set", "epochs"], "--set epochs: it must be name=value"),
                (["--set", "=3"], "--set =3: it must be name=value"),
                (["--set", "epochs="], "--set: epochs is ''; it must be a whole number"),
                (["--set", "clip_norm=-1"], "--clip-norm is -1.0; it must be a positive number"),
                (
                    ["--set", "optimizer={name: adamw, weight_decy: 1}"],
                    "optimizer adamw: there is no setting 'weight_decy'; did you mean 'weight_decay'?"
                ),
                (["--settings", "none.yaml"], "none.yaml: no such file"),
                (["--settings", "."], ".: expected a regular file, found a folder"),
            ] {
                let result = try train(arguments)
                #expect(
                    result.status == 64 && result.errors.hasPrefix("Error: \(reason)\n"), "\(result.errors)")
            }
            #expect(try CommandTests.names(in: folder.path) == [])
        }

        @Test func aRunKeepsItsOptimizer() throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            let options = ["--data", "data", "--output", "run"]
            #expect(try train(options + ["--epochs", "1", "--set", "optimizer=lion"]).status == 0)
            let other = try train(["--output", "run", "--resume", "--set", "optimizer=adam"])
            #expect(other.status == 1)
            #expect(other.errors.contains("begun with optimizer lion, not optimizer adam"), "\(other.errors)")
            let more = try train(["--output", "run", "--resume", "--set", "epochs=2"])
            #expect(more.status == 0, "\(more.errors)")
            #expect(try CommandTests.metrics("\(folder.path)/run").count == 2)
        }

        @Test func dataAreAPictureOrAText() throws {
            try Shapes.image(isRound: true, 0).write("\(folder.path)/picture.png")
            let painted = try train(
                ["--data", "picture.png", "--epochs", "1", "--output", "painted"], of: "paint")
            #expect(painted.status == 0, "\(painted.errors)")
            #expect(try CommandTests.names(in: "\(folder.path)/painted").contains("painted.png"))

            let sentence = "The quick brown fox jumps over the lazy dog.\n"
            folder.write("text.txt", Array(String(repeating: sentence, count: 40).utf8))
            let words = try train(
                ["--data", "text.txt", "--epochs", "1", "--output", "words"], of: "word2vec")
            #expect(words.status == 0, "\(words.errors)")
            let neighbors = try String(contentsOfFile: "\(folder.path)/words/neighbours.txt", encoding: .utf8)
            #expect(neighbors.contains("fox: "))

            for (recipe, data, reason) in [
                ("paint", "none.png", "none.png: no such file"), ("paint", "text.txt", "text.txt: "),
                ("word2vec", "none.txt", "none.txt: no such file"),
                ("dqn-cartpole", "text.txt", "this recipe takes no files"),
            ] {
                let result = try train(["--data", data, "--epochs", "1", "--output", "no"], of: recipe)
                #expect(result.status != 0 && result.errors.contains(reason), "\(recipe): \(result.errors)")
            }
            #expect(!(try CommandTests.names(in: folder.path)).contains("no"))
        }
    }
}
