import Apus
import ApusNN

/// An initializer by its name in settings, with those of its settings that they may have.
public struct NamedInitializer: Sendable {
    /// What settings call it, such as `xavier-uniform`.
    public let name: String
    /// What code calls it.
    let type: String
    let make: @Sendable (_ settings: inout SettingsReader) throws -> Initializer

    /// Makes it.
    ///
    /// - Parameter settings: its own, such as `gain`; what is left out is as the initializer has it by default.
    /// - Throws: `TrainingError.badOption` for a name that it does not have, and a value that cannot be.
    public func make(_ settings: [String: Setting] = [:]) throws -> Initializer {
        try SettingsReader.make(settings, of: "initializer \(name)", make)
    }

    /// The names of its settings.
    var settings: [String] { SettingsReader.names(make) }

    /// Every initializer; a new one is a line here.
    public static let all = [
        NamedInitializer(name: "zeros", type: "zeros") { _ in .zeros },
        NamedInitializer(name: "ones", type: "ones") { _ in .ones },
        NamedInitializer(name: "constant", type: "constant") {
            .constant(try $0.number("value", in: -largest...largest) ?? 0)
        },
        NamedInitializer(name: "uniform", type: "uniform") {
            let range = try $0.range("range", in: -largest...largest) ?? 0...1
            return .uniform(low: range.lowerBound, high: range.upperBound)
        },
        NamedInitializer(name: "normal", type: "normal") {
            .normal(
                mean: try $0.number("mean", in: -largest...largest) ?? 0,
                std: try $0.number("std", in: 0...largest) ?? 1)
        },
        NamedInitializer(name: "truncated-normal", type: "truncatedNormal") {
            .truncatedNormal(
                mean: try $0.number("mean", in: -largest...largest) ?? 0,
                std: try $0.number("std", in: 0...largest) ?? 1)
        },
        NamedInitializer(name: "xavier-uniform", type: "xavierUniform") {
            .xavierUniform(gain: try $0.number("gain", in: 0...largest) ?? 1)
        },
        NamedInitializer(name: "xavier-normal", type: "xavierNormal") {
            .xavierNormal(gain: try $0.number("gain", in: 0...largest) ?? 1)
        },
        NamedInitializer(name: "he-uniform", type: "heUniform") {
            .heUniform(fan: try $0.fan() ?? .fanIn, for: try $0.nonlinearity() ?? .relu)
        },
        NamedInitializer(name: "he-normal", type: "heNormal") {
            .heNormal(fan: try $0.fan() ?? .fanIn, for: try $0.nonlinearity() ?? .relu)
        },
        NamedInitializer(name: "lecun-uniform", type: "lecunUniform") { _ in .lecunUniform },
        NamedInitializer(name: "lecun-normal", type: "lecunNormal") { _ in .lecunNormal },
        NamedInitializer(name: "variance-scaling", type: "varianceScaling") {
            .varianceScaling(
                scale: try $0.number("scale", in: 1e-6...largest) ?? 1, fan: try $0.fan() ?? .fanIn,
                distribution: try $0.choice(
                    "distribution",
                    ["normal": .normal, "truncated-normal": .truncatedNormal, "uniform": .uniform])
                    ?? .truncatedNormal)
        },
        NamedInitializer(name: "orthogonal", type: "orthogonal") {
            .orthogonal(gain: try $0.number("gain", in: 0...largest) ?? 1)
        },
        NamedInitializer(name: "sparse", type: "sparse") {
            .sparse(
                sparsity: try $0.probability("sparsity") ?? 0.9,
                std: try $0.number("std", in: 0...largest) ?? 0.01)
        },
        NamedInitializer(name: "identity", type: "identity") { _ in .identity },
        NamedInitializer(name: "dirac", type: "dirac") { _ in .dirac() },
        NamedInitializer(name: "rayleigh", type: "rayleigh") { .rayleigh(try $0.criterion() ?? .glorot) },
        NamedInitializer(name: "unitary", type: "unitary") { .unitary(try $0.criterion() ?? .glorot) },
    ]

    /// The initializer of this name.
    /// - Throws: `TrainingError.badOption`, which lists those there are.
    public static func named(_ name: String) throws -> NamedInitializer {
        try all.entry(name, "initializer", \.name)
    }

    /// Draws the weights of a model that have two axes or more: the complex ones, where it has any.
    ///
    /// - Throws: `TrainingError.badOption` where there is a weight that cannot be drawn so.
    func draw(_ initializer: Initializer, for model: Module) throws(TrainingError) {
        let all = model.namedParameters().filter { $0.parameter.shape.count > 1 }
        let complex = all.filter { $0.parameter.value.dtype.isComplex }
        let weights = complex.isEmpty ? all : complex
        for (weight, parameter) in weights {
            if !initializer.suits(parameter.value) {
                throw .badOption(
                    "initializer \(name) is not for \(weight), "
                        + "\(parameter.value.dtype) of shape \(parameter.shape)")
            }
        }
        for (_, parameter) in weights {
            parameter.value = initializer(parameter.shape, dtype: parameter.value.dtype)
        }
    }
}

extension Initializer {
    /// Whether it draws weights of this shape and type.
    fileprivate func suits(_ weight: Tensor) -> Bool {
        switch self {
        case .rayleigh, .unitary: weight.dtype.isComplex
        case .sparse, .identity: !weight.dtype.isComplex && weight.rank == 2
        case .dirac: !weight.dtype.isComplex && 3...5 ~= weight.rank
        default: !weight.dtype.isComplex
        }
    }
}

/// Beyond this no weight is wanted, and every type of number reaches it.
private let largest = 1e4

extension SettingsReader {
    fileprivate mutating func fan() throws(TrainingError) -> Initializer.Fan? {
        try choice("fan", ["in": .fanIn, "out": .fanOut, "average": .average])
    }

    fileprivate mutating func nonlinearity() throws(TrainingError) -> Initializer.Nonlinearity? {
        try choice(
            "nonlinearity",
            [
                "linear": .linear, "sigmoid": .sigmoid, "tanh": .tanh, "relu": .relu,
                "leaky-relu": .leakyReLU(), "selu": .selu,
            ])
    }

    fileprivate mutating func criterion() throws(TrainingError) -> Initializer.Criterion? {
        try choice("criterion", ["glorot": .glorot, "he": .he])
    }
}
