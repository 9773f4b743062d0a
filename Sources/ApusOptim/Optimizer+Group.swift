import ApusCore
import ApusNN

extension Optimizer {
    /// Parameters that are updated with the same settings, which may change between steps.
    public final class Group {
        /// What is updated.
        public let parameters: [Parameter]
        /// The step size.
        public var learningRate: Double {
            didSet { check("learning rate", learningRate, 0...Double.greatestFiniteMagnitude) }
        }
        /// How strongly values are drawn to 0.
        public var weightDecay: Double {
            didSet { check("weight decay", weightDecay, 0...Double.greatestFiniteMagnitude) }
        }
        /// How much of the velocity stays at each step; nil where the formula has no momentum, and then none can be set.
        public var momentum: Double? {
            didSet {
                if (momentum == nil) != (oldValue == nil) { refuse("momentum") }
                check("momentum", momentum ?? 0, 0...Double.greatestFiniteMagnitude)
            }
        }
        /// How much of the running means stays at each step; nil where the formula has none, and then none can be set.
        public var betas: (Double, Double)? {
            didSet {
                if (betas == nil) != (oldValue == nil) { refuse("betas") }
                for beta in [betas?.0, betas?.1] { check("beta", beta ?? 0, 0...1.0.nextDown) }
            }
        }

        private let optimizer: String

        init(
            _ wanted: ParameterGroup, of optimizer: String, learningRate: Double, weightDecay: Double,
            momentum: Double?, betas: (Double, Double)?
        ) {
            self.optimizer = optimizer
            parameters = wanted.parameters
            self.learningRate = wanted.learningRate ?? learningRate
            self.weightDecay = wanted.weightDecay ?? weightDecay
            self.momentum = momentum == nil ? nil : wanted.momentum ?? momentum
            self.betas = betas == nil ? nil : wanted.betas ?? betas
            if wanted.momentum != nil && momentum == nil { refuse("momentum") }
            if wanted.betas != nil && betas == nil { refuse("betas") }
            checkAll()
        }

        /// Runs the checks of the setters, which initializers leave out.
        private func checkAll() {
            (learningRate, weightDecay, momentum, betas) = (learningRate, weightDecay, momentum, betas)
        }

        private func refuse(_ setting: String) -> Never {
            fail(optimizer, "its formula has no \(setting) that a group could change")
        }

        private func check(_ setting: String, _ value: Double, _ range: ClosedRange<Double>) {
            if range.contains(value) { return }
            let end = range.upperBound < 1 ? "below 1" : "a number"
            fail(optimizer, "a \(setting) of \(value) was set; it must be 0 or more, and \(end)")
        }
    }
}
