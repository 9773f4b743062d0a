import ApusNN
import ApusOptim
import Testing

/// An optimizer with settings that leave none of its formula out: what the suites that go through all optimizers run.
struct OptimizerCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// What tells it from others of the same name.
    let variant: String
    let takesComplex: Bool
    let make: @Sendable ([Parameter]) -> Optimizer

    init(
        _ name: String, _ variant: String = "", takesComplex: Bool = true,
        _ make: @escaping @Sendable ([Parameter]) -> Optimizer
    ) {
        self.name = name
        self.variant = variant
        self.takesComplex = takesComplex
        self.make = make
    }

    var testDescription: String { variant.isEmpty ? name : "\(name) \(variant)" }

    /// One at least of each file in `Sources/ApusOptim/Rules`; a new optimizer is a line here. All take matrices.
    static let all = [
        OptimizerCase("Adam") { Adam($0, learningRate: 0.05, weightDecay: 0.1) },
        OptimizerCase("SGD") { SGD($0, learningRate: 0.05, momentum: 0.9, weightDecay: 0.1) },
        OptimizerCase("SGD", "plain") { SGD($0, learningRate: 0.05, weightDecay: 0.1) },
        OptimizerCase("SGD", "dampened") { SGD($0, learningRate: 0.05, momentum: 0.9, dampening: 0.5) },
        OptimizerCase("Adam", "AMSGrad") { Adam($0, learningRate: 0.05, amsgrad: true) },
        OptimizerCase("AdamW") { AdamW($0, learningRate: 0.05, weightDecay: 0.1) },
        OptimizerCase("NAdam") { NAdam($0, learningRate: 0.05, weightDecay: 0.1) },
        OptimizerCase("RAdam") { RAdam($0, learningRate: 0.05, betas: (0.9, 0.9), weightDecay: 0.1) },
        OptimizerCase("Adamax") { Adamax($0, learningRate: 0.05, weightDecay: 0.1) },
        OptimizerCase("RMSprop") { RMSprop($0, learningRate: 0.05, weightDecay: 0.1) },
        OptimizerCase("RMSprop", "centred") {
            RMSprop($0, learningRate: 0.05, alpha: 0.9, momentum: 0.9, centered: true)
        },
        OptimizerCase("Adagrad") { Adagrad($0, learningRate: 0.05, weightDecay: 0.1, initialSquare: 0.1) },
        OptimizerCase("Adadelta") { Adadelta($0, learningRate: 0.5, weightDecay: 0.1) },
        OptimizerCase("Lion") { Lion($0, learningRate: 0.05, weightDecay: 0.1) },
        OptimizerCase("LAMB") { LAMB($0, learningRate: 0.05, weightDecay: 0.1) },
        OptimizerCase("Adafactor", takesComplex: false) {
            Adafactor($0, learningRate: 0.05, weightDecay: 0.1)
        },
        OptimizerCase("Muon", takesComplex: false) { Muon($0, learningRate: 0.05) },
    ]
}
