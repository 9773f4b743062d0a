import Apus

// Schedules that multiply the learning rate.

extension Schedule {
    /// The learning rates that the groups are made with, at all steps.
    public static let constant = Schedule { _, base in base }

    /// `factor` times the learning rate for the first `steps` steps, the whole after them. PyTorch's ConstantLR.
    public static func constant(factor: Double, steps: Int) -> Schedule {
        checkSteps("constant", steps, least: 0)
        return Schedule { step, base in step < steps ? base * factor : base }
    }

    /// Times `factor` after every `every` steps: base·factor^⌊step/every⌋. PyTorch's StepLR.
    public static func step(every: Int, factor: Double = 0.1) -> Schedule {
        checkSteps("step", every)
        return Schedule { step, base in base * power(factor, step / every) }
    }

    /// Times `factor` at each of `milestones`. PyTorch's MultiStepLR.
    public static func multiStep(at milestones: [Int], factor: Double = 0.1) -> Schedule {
        Schedule { step, base in base * power(factor, milestones.count { $0 <= step }) }
    }

    /// Times `factor` at each step: base·factorˢᵗᵉᵖ. PyTorch's ExponentialLR.
    public static func exponential(factor: Double) -> Schedule {
        Schedule { step, base in base * power(factor, step) }
    }

    /// From `start` to `end` times the learning rate in equal steps, and then so on. PyTorch's LinearLR.
    public static func linear(from start: Double, to end: Double, steps: Int) -> Schedule {
        checkSteps("linear", steps)
        return Schedule { step, base in
            base * (start + (end - start) * Double(min(step, steps)) / Double(steps))
        }
    }

    /// Down to 0: base·(1 − step/steps)^power, and 0 after `steps` steps. PyTorch's PolynomialLR.
    public static func polynomial(steps: Int, power: Double = 1) -> Schedule {
        checkSteps("polynomial", steps)
        return Schedule { step, base in
            base * Double.pow(1 - Double(min(step, steps)) / Double(steps), power)
        }
    }

    /// `factor(step)` times the learning rate. PyTorch's LambdaLR.
    public static func lambda(_ factor: @escaping @Sendable (_ step: Int) -> Double) -> Schedule {
        Schedule { step, base in base * factor(step) }
    }
}
