import Apus
import ApusNN
import ApusOptim

/// An optimizer by its name in settings, with those of its settings that they may have.
public struct NamedOptimizer: Sendable {
    /// What settings call it, such as `adamw`.
    public let name: String
    /// What code calls it.
    let type: String
    /// One line.
    public let about: String
    let make:
        @Sendable (_ settings: inout SettingsReader, _ parameters: [ParameterGroup], _ learningRate: Double)
            throws
            -> Optimizer

    /// Makes it.
    ///
    /// - Parameters:
    ///   - settings: its own, such as `weight_decay`; what is left out is as the optimizer has it by default.
    ///   - parameters: an array of parameters or of groups.
    ///   - learningRate: of groups that have none of their own.
    /// - Throws: `TrainingError.badOption` for a name that it does not have, and a value that cannot be.
    public func make<Member: Optimizable>(
        _ settings: [String: Setting], _ parameters: [Member], learningRate: Double
    ) throws -> Optimizer {
        try SettingsReader.make(settings, of: "optimizer \(name)") {
            try make(&$0, Member.groups(of: parameters), learningRate)
        }
    }

    /// The names of its settings.
    var settings: [String] {
        SettingsReader.names { try make(&$0, [ParameterGroup([Parameter(.zeros([1, 1]))])], 1) }
    }

    /// Every optimizer; a new one is a line here.
    public static let all = [
        NamedOptimizer(
            name: "sgd", type: "SGD", about: "stochastic gradient descent, with momentum if wanted"
        ) {
            let momentum = try $0.share("momentum") ?? 0
            let nesterov = try $0.bool("nesterov") ?? false
            if nesterov && momentum == 0 {
                throw TrainingError.badOption("optimizer sgd: nesterov needs a momentum above 0")
            }
            let dampening = try $0.share("dampening") ?? 0
            if nesterov && dampening != 0 {
                throw TrainingError.badOption("optimizer sgd: nesterov takes no dampening")
            }
            return SGD(
                $1, learningRate: $2, momentum: momentum, dampening: dampening, nesterov: nesterov,
                weightDecay: try $0.positive("weight_decay") ?? 0)
        },
        NamedOptimizer(
            name: "adam", type: "Adam", about: "steps scaled by running means of the gradient and its square"
        ) {
            Adam(
                $1, learningRate: $2, betas: try $0.betas() ?? (0.9, 0.999),
                epsilon: try $0.positive("epsilon") ?? 1e-8,
                weightDecay: try $0.positive("weight_decay") ?? 0, amsgrad: try $0.bool("amsgrad") ?? false)
        },
        NamedOptimizer(name: "adamw", type: "AdamW", about: "Adam with weight decay apart from the gradient")
        {
            AdamW(
                $1, learningRate: $2, betas: try $0.betas() ?? (0.9, 0.999),
                epsilon: try $0.positive("epsilon") ?? 1e-8,
                weightDecay: try $0.positive("weight_decay") ?? 0.01, amsgrad: try $0.bool("amsgrad") ?? false
            )
        },
        NamedOptimizer(name: "nadam", type: "NAdam", about: "Adam with Nesterov's momentum") {
            NAdam(
                $1, learningRate: $2, betas: try $0.betas() ?? (0.9, 0.999),
                epsilon: try $0.positive("epsilon") ?? 1e-8,
                weightDecay: try $0.positive("weight_decay") ?? 0,
                momentumDecay: try $0.positive("momentum_decay") ?? 4e-3,
                decoupled: try $0.bool("decoupled") ?? false)
        },
        NamedOptimizer(
            name: "radam", type: "RAdam", about: "Adam that trusts its mean square when it has seen enough"
        ) {
            RAdam(
                $1, learningRate: $2, betas: try $0.betas() ?? (0.9, 0.999),
                epsilon: try $0.positive("epsilon") ?? 1e-8,
                weightDecay: try $0.positive("weight_decay") ?? 0,
                decoupled: try $0.bool("decoupled") ?? false)
        },
        NamedOptimizer(
            name: "adamax", type: "Adamax",
            about: "Adam with the largest gradient in the place of the mean square"
        ) {
            Adamax(
                $1, learningRate: $2, betas: try $0.betas() ?? (0.9, 0.999),
                epsilon: try $0.positive("epsilon") ?? 1e-8,
                weightDecay: try $0.positive("weight_decay") ?? 0)
        },
        NamedOptimizer(
            name: "rmsprop", type: "RMSprop", about: "steps scaled by a running mean of the squared gradient"
        ) {
            RMSprop(
                $1, learningRate: $2, alpha: try $0.share("alpha") ?? 0.99,
                epsilon: try $0.positive("epsilon") ?? 1e-8,
                weightDecay: try $0.positive("weight_decay") ?? 0, momentum: try $0.share("momentum") ?? 0,
                centered: try $0.bool("centered") ?? false)
        },
        NamedOptimizer(
            name: "adagrad", type: "Adagrad", about: "steps scaled by the sum of all squared gradients"
        ) {
            Adagrad(
                $1, learningRate: $2, learningRateDecay: try $0.positive("learning_rate_decay") ?? 0,
                weightDecay: try $0.positive("weight_decay") ?? 0,
                initialSquare: try $0.positive("initial_square") ?? 0,
                epsilon: try $0.positive("epsilon") ?? 1e-10)
        },
        NamedOptimizer(
            name: "adadelta", type: "Adadelta",
            about: "steps in the unit of the parameters, without a rate to tune"
        ) {
            Adadelta(
                $1, learningRate: $2, rho: try $0.share("rho") ?? 0.9,
                epsilon: try $0.positive("epsilon") ?? 1e-6,
                weightDecay: try $0.positive("weight_decay") ?? 0)
        },
        NamedOptimizer(name: "lion", type: "Lion", about: "steps of one size, by the sign of a momentum") {
            Lion(
                $1, learningRate: $2, betas: try $0.betas() ?? (0.9, 0.99),
                weightDecay: try $0.positive("weight_decay") ?? 0)
        },
        NamedOptimizer(
            name: "lamb", type: "LAMB",
            about: "Adam's steps in the length of each parameter, for large batches"
        ) {
            LAMB(
                $1, learningRate: $2, betas: try $0.betas() ?? (0.9, 0.999),
                epsilon: try $0.positive("epsilon") ?? 1e-6,
                weightDecay: try $0.positive("weight_decay") ?? 0.01)
        },
        NamedOptimizer(
            name: "adafactor", type: "Adafactor", about: "Adam with the mean square by rows and columns alone"
        ) {
            Adafactor($1, learningRate: $2, weightDecay: try $0.positive("weight_decay") ?? 0)
        },
        NamedOptimizer(name: "muon", type: "Muon", about: "momentum made orthogonal, for matrices") {
            settings, groups, rate in
            if let other = groups.flatMap(\.parameters).first(where: { $0.shape.count != 2 }) {
                throw TrainingError.badOption(
                    "optimizer muon is for matrices, and this model has a parameter of shape \(other.shape)")
            }
            return Muon(
                groups, learningRate: rate, weightDecay: try settings.positive("weight_decay") ?? 0.1,
                momentum: try settings.share("momentum") ?? 0.95,
                nesterov: try settings.bool("nesterov") ?? true)
        },
    ]

    /// The optimizer of this name.
    /// - Throws: `TrainingError.badOption`, which lists those there are.
    public static func named(_ name: String) throws -> NamedOptimizer {
        try all.entry(name, "optimizer", \.name)
    }
}

extension SettingsReader {
    /// β₁ and β₂.
    mutating func betas() throws(TrainingError) -> (Double, Double)? {
        guard let values = try numbers("betas", count: 2) else { return nil }
        if let wrong = values.first(where: { !(0..<1 ~= $0) }) {
            throw bad("betas", "\(wrong)", "at least 0 and below 1")
        }
        return (values[0], values[1])
    }
}
