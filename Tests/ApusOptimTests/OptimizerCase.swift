import ApusNN
import ApusOptim
import Testing

/// An optimizer with settings that leave none of its formula out: what the suites that go through all optimizers run.
struct OptimizerCase: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable ([Parameter]) -> any Optimizer

    init(_ name: String, _ make: @escaping @Sendable ([Parameter]) -> any Optimizer) {
        self.name = name
        self.make = make
    }

    var testDescription: String { name }

    /// One at least of each file in `Sources/ApusOptim`; a new optimizer is a line here.
    static let all = [
        OptimizerCase("Adam") { Adam($0, learningRate: 0.05, weightDecay: 0.1) },
        OptimizerCase("SGD") { SGD($0, learningRate: 0.05, momentum: 0.9, weightDecay: 0.1) },
    ]
}
