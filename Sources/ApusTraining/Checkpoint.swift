import Apus
import ApusFormats
import ApusNN
import ApusOptim
import Foundation

/// Where a run stands, besides its tensors.
struct RunProgress: Codable, Sendable, Equatable {
    /// Epochs finished.
    var epoch = 0
    /// Steps done in the epoch after those.
    var step = 0
    /// The loss summed over the samples of that epoch so far, and their number.
    var lossSum = 0.0
    var samples = 0
    /// Seconds spent in that epoch so far.
    var seconds = 0.0
    /// The best test accuracy so far; negative before the first.
    var bestAccuracy = -1.0
    var random = RandomGenerator.State(seed: 0, offset: 0)

    /// What no run of these settings can have come to; nil where all is possible.
    ///
    /// - Parameter total: samples of an epoch.
    func contradiction(samples total: Int, of configuration: RunConfiguration) -> String? {
        let steps = RunProgress.steps(total, configuration.batchSize)
        guard (0...RunConfiguration.mostEpochs).contains(epoch) else { return "its epoch is \(epoch)" }
        guard (0...steps).contains(step) else { return "its step is \(step), of an epoch of \(steps)" }
        let done = step == steps ? total : step * configuration.batchSize
        if samples != done { return "its samples are \(samples) after \(step) steps, not \(done)" }
        if !(0...Double(Float.greatestFiniteMagnitude) * Double(samples)).contains(lossSum) {
            return "its sum of losses is \(lossSum), of \(samples) samples"
        }
        // A thousand years; no time has passed before the first step.
        if !(0...(step == 0 ? 0 : 3e10)).contains(seconds) { return "its seconds are \(seconds)" }
        if !(bestAccuracy == -1 || 0...1 ~= bestAccuracy) { return "its best accuracy is \(bestAccuracy)" }
        if random.seed != configuration.seed {
            return "its random seed is \(random.seed), not \(configuration.seed)"
        }
        return nil
    }

    /// Steps that an epoch of `total` samples has.
    static func steps(_ total: Int, _ batchSize: Int) -> Int {
        total / batchSize + (total % batchSize > 0 ? 1 : 0)
    }
}

/// One safetensors file with everything a run needs to go on: weights by their plain names, the
/// optimizer's tensors under `optimizer.`, and the rest in the metadata.
enum Checkpoint {
    private static let prefix = "optimizer."

    static func save(
        _ model: any Layer, of recipe: Recipe, _ optimizer: Optimizer, _ progress: RunProgress,
        to path: String
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let state = String(decoding: try encoder.encode(progress), as: UTF8.self)
        try Safetensors.save(
            tensors(model, optimizer), to: path,
            metadata: ["apus.progress": state, "apus.recipe": recipe.name])
    }

    /// Writes what a model needs to be used, and not the optimizer's tensors, which it takes to go on with training.
    static func saveWeights(_ model: any Layer, of recipe: Recipe, to path: String) throws {
        try Safetensors.save(model.stateDictionary(), to: path, metadata: ["apus.recipe": recipe.name])
    }

    /// The name of the recipe whose model's weights these are; nil where the file does not say.
    static func recipe(of path: String) throws -> String? { try Safetensors.metadata(path)["apus.recipe"] }

    /// Loads the weights of any safetensors file that has them, and nothing else.
    static func loadWeights(_ path: String, into model: any Layer) throws {
        let file = try SafetensorsFile(path)
        let weights = file.tensors.filter { !$0.key.hasPrefix(prefix) }
        do {
            try model.load(weights, unsupported: file.skippedTypes.filter { !$0.key.hasPrefix(prefix) })
        } catch let mismatch as StateMismatch {
            throw TrainingError.badCheckpoint(file: path, reason: mismatch.description)
        }
        if let name = firstNotFinite(weights) {
            throw TrainingError.badCheckpoint(file: path, reason: "\(name) holds infinite or NaN values")
        }
    }

    /// The name of a tensor that holds what is infinite or NaN, of all that `save` would write.
    static func firstNotFinite(_ model: any Layer, _ optimizer: Optimizer) -> String? {
        firstNotFinite(tensors(model, optimizer))
    }

    private static func tensors(_ model: any Layer, _ optimizer: Optimizer) -> [String: Tensor] {
        var tensors = model.stateDictionary()
        for (name, tensor) in optimizer.stateDictionary() { tensors[prefix + name] = tensor }
        return tensors
    }

    private static func firstNotFinite(_ tensors: [String: Tensor]) -> String? {
        tensors.keys.sorted().first { name in
            let tensor = tensors[name]!
            return tensor.dtype.isDifferentiable && !tensor.isFinite().all().item(as: Bool.self)
        }
    }

    /// Loads what training goes on from.
    ///
    /// - Returns: what the file says of the run, unchecked but for its form.
    static func load(_ path: String, into model: any Layer, _ optimizer: Optimizer) throws -> RunProgress
    {
        let file = try SafetensorsFile(path)
        func bad(_ reason: String) -> TrainingError { .badCheckpoint(file: path, reason: reason) }
        guard let text = file.metadata["apus.progress"] else {
            throw bad("is no checkpoint of a run: it has no apus.progress")
        }
        guard let progress = try? JSONDecoder().decode(RunProgress.self, from: Data(text.utf8)) else {
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
            try model.load(weights)
            if let name = firstNotFinite(file.tensors) { throw bad("\(name) holds infinite or NaN values") }
            try optimizer.load(rest)
        } catch let mismatch as StateMismatch {
            throw bad(mismatch.description)
        }
        return progress
    }
}
