import Apus
import ApusFormats
import ApusNN

extension NamedModel {
    /// The model with the weights of a file: safetensors, PyTorch's `.pt` or `.pth`, or npz, with the names of the reference
    /// implementation, or of timm or older files where these differ.
    ///
    /// ```swift
    /// let pretrained = try NamedModel.named("resnet50").model(weights: "resnet50.pth")
    /// let forTenClasses = try NamedModel.named("resnet50").model(weights: "resnet50.pth", classes: 10)
    /// ```
    ///
    /// Auxiliary heads that a file leaves out are new ones; they say nothing in evaluation.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - classes: how many the model is to tell apart; by default as many as the file's. Where they are not the
    ///     file's, the last layer is a new one, and all before it is loaded.
    /// - Throws: `FileError`, and `StateMismatch` with every name that is missing, unexpected or misshapen.
    public func model(weights path: String, classes: Int? = nil) throws -> any Layer {
        var weights = ForeignWeights(try TensorFile(path))
        let names = WeightNames.others(for: kind).first { weights.state[$0.marker] != nil }
        if let names { weights.rename(names) }
        let found = heads.first.flatMap { weights.state["\($0).weight"]?.shape.first }
        let model = make(classes: classes ?? found.flatMap { $0 > 0 ? $0 : nil } ?? 1000)
        if names != nil { weights.reshape(for: model) }
        if let epsilon = names?.epsilon { weights.move(from: epsilon, for: model) }

        let own = model.stateDictionary()
        // Files of before PyTorch 0.4.1 do not count the batches of their normalisations; timm computes the index.
        for suffix in [".num_batches_tracked", ".relative_position_index"] {
            weights.keep(own) { $0.hasSuffix(suffix) }
        }
        for auxiliary in heads.dropFirst() {
            let prefix = auxiliary.prefix { $0 != "." } + "."
            weights.keep(own) { $0.hasPrefix(prefix) }
        }
        if classes != nil && found != nil && classes != found {
            for (name, value) in own where heads.contains(where: { name.hasPrefix("\($0).") }) {
                weights.state[name] = value
            }
        }
        try model.load(weights.state, unsupported: weights.skippedTypes)
        return model
    }
}

/// The weights of a file on their way to becoming a model's.
private struct ForeignWeights {
    var state: [String: Tensor]
    /// The types of those that could not be read.
    var skippedTypes: [String: String]

    init(_ file: TensorFile) {
        (state, skippedTypes) = (file.stateDictionary, file.skippedStateTypes)
        // What was trained on several devices (DataParallel) is inside a module.
        let prefix = "module."
        if state.keys.allSatisfy({ $0.hasPrefix(prefix) }) { rename { String($0.dropFirst(prefix.count)) } }
    }

    mutating func rename(_ names: WeightNames) {
        let renamed = names(Array(state.keys) + skippedTypes.keys)
        rename { renamed[$0]! }
    }

    private mutating func rename(_ new: (String) -> String) {
        func changed<Value>(_ values: [String: Value]) -> [String: Value] {
            // Where a file has both names, one stays as unexpected.
            values.reduce(into: [:]) { $0[values[new($1.key)] == nil ? new($1.key) : $1.key] = $1.value }
        }
        (state, skippedTypes) = (changed(state), changed(skippedTypes))
    }

    /// Gives what has as many elements in other axes after the first the model's shape: 1×1 convolutions that are
    /// linear layers there, scales without axes of 1.
    mutating func reshape(for model: Module) {
        for (name, own) in model.stateDictionary() {
            guard let value = state[name], value.shape != own.shape, value.count == own.count else {
                continue
            }
            if value.shape.first == own.shape.first { state[name] = value.reshape(own.shape) }
        }
    }

    /// Moves the variances of batch normalisations by as much as their ε is another in the model, so that
    /// √(variance + ε) is the same.
    mutating func move(from epsilon: Double, for model: Module) {
        for case (let name, let norm as BatchNorm2d) in model.namedModules() where norm.epsilon != epsilon {
            if let variance = state["\(name).running_var"] {
                state["\(name).running_var"] = variance + (epsilon - norm.epsilon)
            }
        }
    }

    /// Takes the model's own where the file has none of these names.
    mutating func keep(_ own: [String: Tensor], _ isOne: (String) -> Bool) {
        if state.keys.contains(where: isOne) { return }
        for (name, value) in own where isOne(name) { state[name] = value }
    }
}
