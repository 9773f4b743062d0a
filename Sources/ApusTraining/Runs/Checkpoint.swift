import Apus
import ApusFormats
import ApusNN
import ApusOptim
import Foundation

/// One safetensors file with everything a run needs to go on: the model's weights by their plain names, what else the learner
/// keeps under `training.`, and the rest in the metadata.
enum Checkpoint {
    private static let prefix = "training."
    /// Before learners there was but an optimizer.
    private static let oldPrefix = "optimizer."

    /// - Parameter state: the learner's.
    static func save(
        _ model: Module, _ state: [String: Tensor], _ progress: RunProgress, to path: String,
        metadata: [String: String]
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(progress), as: UTF8.self)
        try Safetensors.save(
            tensors(model, state), to: path, metadata: metadata.merging(["apus.progress": text]) { $1 })
    }

    /// Writes what a model needs to be used, and not what it takes to go on with training.
    static func saveWeights(_ model: Module, metadata: [String: String], to path: String) throws {
        try Safetensors.save(model.stateDictionary(), to: path, metadata: metadata)
    }

    /// The name of the recipe whose model's weights these are; nil where the file does not say.
    static func recipe(of path: String) throws -> String? { try Safetensors.metadata(path)["apus.recipe"] }

    /// The settings of the recipe that they were trained with; nil where the file does not say.
    static func settings(of path: String) throws -> [String: Setting]? {
        guard let text = try Safetensors.metadata(path)["apus.settings"] else { return nil }
        guard let settings = try? JSONDecoder().decode([String: Setting].self, from: Data(text.utf8)) else {
            throw TrainingError.badCheckpoint(file: path, reason: "its apus.settings is damaged")
        }
        return settings
    }

    /// Loads the weights of any safetensors file that has them, and nothing else.
    static func loadWeights(_ path: String, into model: Module) throws {
        let file = try SafetensorsFile(path)
        let weights = file.tensors.filter { !isOfTraining($0.key) }
        do {
            try model.load(weights, unsupported: file.skippedTypes.filter { !isOfTraining($0.key) })
        } catch let mismatch as StateMismatch {
            throw TrainingError.badCheckpoint(file: path, reason: mismatch.description)
        }
        if let name = firstNotFinite(weights) {
            throw TrainingError.badCheckpoint(file: path, reason: "\(name) holds infinite or NaN values")
        }
    }

    private static func isOfTraining(_ name: String) -> Bool {
        name.hasPrefix(prefix) || name.hasPrefix(oldPrefix)
    }

    /// The name of a tensor that holds what is infinite or NaN, of all that `save` would write.
    static func firstNotFinite(_ learner: some Learner) -> String? {
        firstNotFinite(tensors(learner.model, learner.stateDictionary()))
    }

    private static func tensors(_ model: Module, _ state: [String: Tensor]) -> [String: Tensor] {
        var tensors = model.stateDictionary()
        if let name = tensors.keys.first(where: isOfTraining) {
            fail("Trainer", "the model has a tensor '\(name)'; names that begin so are those of training")
        }
        for (name, tensor) in state { tensors[prefix + name] = tensor }
        return tensors
    }

    private static func firstNotFinite(_ tensors: [String: Tensor]) -> String? {
        tensors.keys.sorted().first { name in
            let tensor = tensors[name]!
            return tensor.dtype.isDifferentiable && !tensor.isFinite().all().item(as: Bool.self)
        }
    }

    /// Gives all processes what the first one's learner keeps.
    static func broadcast(_ learner: some Learner, _ ranks: Ranks) throws {
        let own = tensors(learner.model, learner.stateDictionary())
        let forms = try ranks.broadcast(
            own.keys.sorted().map { TensorForm(name: $0, own[$0]!) })
        var weights: [String: Tensor] = [:]
        var rest: [String: Tensor] = [:]
        for form in forms {
            let place =
                ranks.isFirst ? own[form.name]! : form.zeros
            let tensor = try ranks.group.broadcast(place)
            if form.name.hasPrefix(prefix) {
                rest[String(form.name.dropFirst(prefix.count))] = tensor
            } else {
                weights[form.name] = tensor
            }
        }
        if ranks.isFirst { return }
        try learner.model.load(weights)
        try learner.load(rest)
    }

    /// Loads what training goes on from.
    ///
    /// - Returns: what the file says of the run, unchecked but for its form.
    static func load(_ path: String, into learner: some Learner) throws -> RunProgress {
        let file = try SafetensorsFile(path)
        func bad(_ reason: String) -> TrainingError { .badCheckpoint(file: path, reason: reason) }
        guard let text = file.metadata["apus.progress"] else {
            throw bad("is no checkpoint of a run: it has no apus.progress")
        }
        guard let progress = try? JSONDecoder().decode(RunProgress.self, from: Data(text.utf8)) else {
            if text.contains("\"bestAccuracy\"") {
                throw bad(
                    "was written by an earlier version of Apus, whose runs this one does not go on with")
            }
            throw bad("its apus.progress is damaged")
        }
        var weights: [String: Tensor] = [:]
        var rest: [String: Tensor] = [:]
        for (name, tensor) in file.tensors {
            if name.hasPrefix(prefix) {
                rest[String(name.dropFirst(prefix.count))] = tensor
            } else {
                weights[name] = tensor
            }
        }
        do {
            try learner.model.load(weights)
            if let name = firstNotFinite(file.tensors) { throw bad("\(name) holds infinite or NaN values") }
            try learner.load(rest)
        } catch let mismatch as StateMismatch {
            throw bad(mismatch.description)
        }
        return progress
    }
}
