import Apus
import ApusFormats
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusTraining

/// Whatever is edited or damaged in a run's folder is an error of one line when the run is resumed or used, never a
/// trap and never a wait.
@Suite(.serialized) struct RunDamageTests {
    let folder = TemporaryFolder()
    var run: RunFolder { RunFolder("\(folder.path)/run") }

    /// A run of two epochs on 40 images, and what its files were.
    private func begin() throws -> [String: Data] {
        try TinyMNIST.write(to: "\(folder.path)/data")
        let configuration = RunConfiguration(
            recipe: "mnist-mlp", data: "\(folder.path)/data", learningRate: 1e-3,
            options: TrainingOptions(epochs: 2, batchSize: 16, seed: 5, threads: 1))
        #expect(try Recipe.begin(configuration, in: run).run() == .finished)
        var files: [String: Data] = [:]
        for path in [run.configuration, run.metrics, run.last, run.best] {
            files[path] = try Data(contentsOf: URL(filePath: path))
        }
        return files
    }

    /// What resuming says, and using the run where `isUsed`.
    private func errors(isUsed: Bool = false) -> [String] {
        var errors: [String] = []
        do { _ = try Recipe.resume(run) { $0.options.epochs = max($0.options.epochs, 3) } } catch {
            errors.append("\(error)")
        }
        if isUsed {
            do { _ = try TrainedRun(run) } catch { errors.append("\(error)") }
        }
        return errors
    }

    private func expectOneLine(_ what: String, isUsed: Bool = false) {
        let errors = errors(isUsed: isUsed)
        #expect(errors.count == (isUsed ? 2 : 1), "\(what): \(errors)")
        for error in errors {
            #expect(!error.contains("\n") && error.count < 1000, "\(what): \(error)")
            #expect(error.contains(run.path), "\(what): \(error)")
        }
    }

    @Test func everyFieldOfTheConfiguration() throws {
        let files = try begin()
        let path = run.configuration
        let text = String(decoding: files[path]!, as: UTF8.self)
        let fields = try #require(try JSONSerialization.jsonObject(with: files[path]!) as? [String: Any])
        #expect(
            Set(fields.keys) == [
                "recipe", "data", "data_digest", "epochs", "batch_size", "learning_rate", "seed", "threads",
                "accumulation",
                "keep", "non_finite", "synchronize_batch_norms", "shard_optimizer",
            ])
        func write(_ name: String, _ value: String?) throws {
            // As text: a dictionary of Any cannot hold every number.
            var parts = fields.map { ($0, "\"\($1)\"") }
            parts = try fields.map { key, value in
                (
                    key,
                    String(
                        decoding: try JSONSerialization.data(
                            withJSONObject: value, options: .fragmentsAllowed), as: UTF8.self)
                )
            }.filter { $0.0 != name }
            if let value { parts.append((name, value)) }
            let json = parts.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
            try "{\(json)}".write(toFile: path, atomically: true, encoding: .utf8)
        }
        let wrong = ["\"x\"", "-1", "0.5", "1e999", "[1]", "{}", "true", "99999999999999999999"]
        for name in ["epochs", "batch_size", "threads"] {
            for value in wrong + ["0", "null", nil] as [String?] {
                try write(name, value)
                expectOneLine("\(name): \(value ?? "missing")", isUsed: true)
            }
        }
        try write("epochs", "9223372036854775807")
        expectOneLine("many epochs", isUsed: true)
        try write("threads", "9223372036854775807")
        expectOneLine("many threads", isUsed: true)
        for value in ["\"x\"", "-1", "0", "1e999", "[1]", "null", nil] as [String?] {
            try write("learning_rate", value)
            expectOneLine("learning_rate: \(value ?? "missing")", isUsed: true)
        }
        for value in ["\"x\"", "-1", "0.5", "99999999999999999999", "[1]", "null", nil] as [String?] {
            try write("seed", value)
            expectOneLine("seed: \(value ?? "missing")", isUsed: true)
        }
        for value in ["1", "\"\"", "\"mnist-mpl\"", "\"a\\nb\"", "null", nil] as [String?] {
            try write("recipe", value)
            let errors = errors(isUsed: true)
            #expect(errors.count == 2, "recipe \(value ?? "missing")")
        }
        for value in ["1", "\"/nowhere\"", "[]"] {
            try write("data", value)
            expectOneLine("data: \(value)")
        }
        for value in ["1", "\"other\""] {
            try write("data_digest", value)
            expectOneLine("data_digest: \(value)")
        }
        // The number of steps of so many epochs is another one: a run cannot go on in other batches.
        try write("batch_size", "9223372036854775807")
        expectOneLine("batch_size")

        // A digest that is missing, as before there were any, and fields that are not known.
        try write("data_digest", nil)
        #expect(errors(isUsed: true) == [])
        try write("more", "[1, 2]")
        #expect(errors(isUsed: true) == [])
        for damaged in [
            "", "{", "null", "[]", "1", "\u{0}\u{1}", String(repeating: "[", count: 100_000),
            String(text.prefix(20)),
        ] {
            try damaged.write(toFile: path, atomically: true, encoding: .utf8)
            expectOneLine("config.json: \(damaged.prefix(20))", isUsed: true)
        }
    }

    @Test func everyFieldOfTheProgress() throws {
        let files = try begin()
        let path = run.last
        let file = try SafetensorsFile(path)
        let tensors = file.tensors
        let progress = try #require(file.metadata["apus.progress"])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(progress.utf8)) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "batch", "counted", "epoch", "names", "random", "records", "samples", "seconds", "skipped",
                "skippedNow",
                "step", "sums",
            ])
        func save(_ text: String) throws {
            try Safetensors.save(tensors, to: path, metadata: ["apus.progress": text])
        }
        let numbers = [
            "-1", "-9223372036854775808", "9223372036854775807", "1e30", "1e999", "\"x\"", "null", "[]",
            "true", "{}",
        ]
        for name in object.keys.sorted() {
            for value in numbers + [nil] as [String?] {
                // Nothing is counted after an epoch.
                if (name, value) == ("sums", "{}") || (name, value) == ("names", "[]") { continue }
                let parts =
                    try object.filter { $0.key != name }.map { key, value in
                        "\"\(key)\": "
                            + String(
                                decoding: try JSONSerialization.data(
                                    withJSONObject: value, options: .fragmentsAllowed), as: UTF8.self)
                    } + (value.map { ["\"\(name)\": \($0)"] } ?? [])
                try save("{\(parts.joined(separator: ", "))}")
                expectOneLine("\(name): \(value ?? "missing")")
            }
        }
        // Possible each by itself, but not together.
        for (from, to) in [
            ("\"epoch\":2", "\"epoch\":1000000001"), ("\"batch\":0", "\"batch\":1"),
            ("\"batch\":0", "\"batch\":4"), ("\"step\":6", "\"step\":7"), ("\"counted\":0", "\"counted\":1"),
            ("\"samples\":0", "\"samples\":16"), ("\"records\":2", "\"records\":3"),
            ("\"skipped\":0", "\"skipped\":7"), ("\"skippedNow\":0", "\"skippedNow\":1"),
            ("\"seed\":5", "\"seed\":6"), ("\"seed\":5", "\"seed\":-5"),
            ("\"offset\":", "\"offset\":-"), ("\"epoch\":2", "\"epoch\":3"),
        ] {
            #expect(progress.contains(from), "\(from) in \(progress)")
            try save(progress.replacing(from, with: to))
            if to == "\"offset\":-" && !(errors().count == 1) { continue }  // −0 is 0
            expectOneLine(to)
        }
        try FileManager.default.removeItem(atPath: run.best)
        for text in ["", "{}", "[]", "no", String(repeating: "[", count: 100_000)] {
            try save(text)
            expectOneLine("progress: \(text.prefix(20))")
        }
        try files[path]!.write(to: URL(filePath: path))
        #expect(errors(isUsed: true) == [])
    }

    @Test func everyTensor() throws {
        let files = try begin()
        let path = run.last
        try FileManager.default.removeItem(atPath: run.best)
        let file = try SafetensorsFile(path)
        let metadata = file.metadata
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in file.tensors {
            tensors[name] = tensor + (tensor.dtype.isDifferentiable ? 0.0 : 0)
        }
        #expect(tensors.keys.contains { $0.hasPrefix("training.optimizer.step") })
        for name in tensors.keys.sorted() {
            let own = tensors[name]!
            let isOptimizers = name.hasPrefix("training.")
            var changes: [(String, Tensor?)] = [("missing", nil), ("another shape", .zeros(own.shape + [2]))]
            if own.dtype.isInteger {
                changes += [
                    ("negative", .full(own.shape, -1)), ("lowest", .full(own.shape, Int.min)),
                    ("highest", .full(own.shape, Int.max)), ("float", own.to(.float32)),
                    ("NaN", .full(own.shape, Float.nan)), ("complex", own.to(.complex64)),
                ]
            } else {
                changes += [("NaN", own * Float.nan), ("infinite", .full(own.shape, Float.infinity))]
                if !isOptimizers { changes.append(("complex", own.to(.complex64))) }
            }
            for (what, tensor) in changes {
                var changed = tensors
                changed[name] = tensor
                try Safetensors.save(changed, to: path, metadata: metadata)
                expectOneLine("\(name) \(what)", isUsed: !isOptimizers)
            }
        }
        var more = tensors
        more["new\nline"] = .zeros([1])
        more["training.optimizer.more"] = .zeros([1])
        try Safetensors.save(more, to: path, metadata: metadata)
        #expect(errors().count == 1)
        let whole = files[path]!
        for length in [0, 1, 8, 9, 100, whole.count / 2, whole.count - 1] {
            try whole.prefix(length).write(to: URL(filePath: path))
            expectOneLine("\(length) bytes", isUsed: true)
        }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        expectOneLine("a folder", isUsed: true)
    }

    @Test func theMetrics() throws {
        let files = try begin()
        let text = String(decoding: files[run.metrics]!, as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        for damaged in [
            "", lines[0] + "\n", lines[1] + "\n" + lines[0] + "\n", String(text.dropLast(5)),
            "\u{0}\u{1}\u{FFFD}",
            text.replacing("\"epoch\": 2", with: "\"epoch\": 9223372036854775808"),
            text.replacing("\"epoch\": 2", with: "\"epoch\": -2"),
            text.replacing("seconds", with: "time"), text.replacing("step", with: "steps"),
            text + "more\n",
        ] {
            try damaged.write(toFile: run.metrics, atomically: true, encoding: .utf8)
            expectOneLine("metrics \(damaged.prefix(30))")
        }
        try Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 * 31) }).write(to: URL(filePath: run.metrics))
        expectOneLine("binary metrics")
        // A pipe nobody writes to.
        for path in [run.metrics, run.configuration, run.last] {
            try FileManager.default.removeItem(atPath: path)
            try #require(mkfifo(path, 0o600) == 0)
            expectOneLine("a pipe for \(path)")
            unlink(path)
            try files[path]!.write(to: URL(filePath: path))
        }
        #expect(errors(isUsed: true) == [])
    }

    @Test func aLastCheckpointThatIsGone() throws {
        _ = try begin()
        try FileManager.default.removeItem(atPath: run.last)
        let errors = errors()
        #expect(errors.count == 1 && errors[0].hasPrefix("\(run.last): is gone"), "\(errors)")
        // What it says to do works.
        try FileManager.default.copyItem(atPath: run.best, toPath: run.last)
        let trainer = try Recipe.resume(run)
        #expect([1, 2].contains(trainer.position.epoch))
    }
}
