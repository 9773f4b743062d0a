import Apus
import ApusFormats
import ApusNN
import ApusOptim
import Foundation

/// Where a run stands, besides its tensors.
public struct RunProgress: Codable, Sendable, Equatable {
    /// Epochs finished.
    public var epoch = 0
    /// Steps done in the epoch after those.
    public var step = 0
    /// The loss summed over the samples of that epoch so far, and their number.
    public var lossSum = 0.0
    public var samples = 0
    /// Seconds spent in that epoch so far.
    public var seconds = 0.0
    /// The best test accuracy so far; negative before the first.
    public var bestAccuracy = -1.0
    public var random = RandomGenerator.State(seed: 0, offset: 0)
}

/// One safetensors file with everything a run needs to go on: weights by their plain names, the
/// optimizer's tensors under `optimizer.`, and the rest in the metadata.
enum Checkpoint {
    private static let prefix = "optimizer."

    static func save(_ model: any Layer, _ optimizer: any Optimizer, _ progress: RunProgress, to path: String)
        throws
    {
        var tensors = model.stateDictionary()
        for (name, tensor) in optimizer.stateDictionary() { tensors[prefix + name] = tensor }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let state = String(decoding: try encoder.encode(progress), as: UTF8.self)
        try Safetensors.save(tensors, to: path, metadata: ["apus.progress": state])
    }

    /// Loads the weights, and the optimizer and progress where one is given.
    @discardableResult
    static func load(_ path: String, into model: any Layer, _ optimizer: (any Optimizer)? = nil) throws
        -> RunProgress
    {
        let file = try SafetensorsFile(path)
        guard let text = file.metadata["apus.progress"],
            let progress = try? JSONDecoder().decode(RunProgress.self, from: Data(text.utf8))
        else {
            throw TrainingError.badCheckpoint(
                file: path, reason: "is no checkpoint of a run: it has no apus.progress")
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
            try optimizer?.load(rest)
        } catch let mismatch as StateMismatch {
            throw TrainingError.badCheckpoint(file: path, reason: mismatch.description)
        }
        return progress
    }
}
