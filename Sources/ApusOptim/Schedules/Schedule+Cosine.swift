import Apus

extension Schedule {
    /// Down along half a cosine (Loshchilov & Hutter 2017, "SGDR", without restarts):
    /// low + (base − low)·(1 + cos(π·step/steps))/2. PyTorch's CosineAnnealingLR, which climbs again after `steps`.
    ///
    /// - Parameters:
    ///   - steps: until the lowest learning rate, those of the warm-up included.
    ///   - warmUp: steps in which the learning rate comes up first, as ``warmUp(steps:from:then:)`` has it.
    ///   - low: the lowest learning rate.
    public static func cosine(steps: Int, warmUp: Int = 0, to low: Double = 0) -> Schedule {
        checkSteps("cosine", warmUp, least: 0)
        checkSteps("cosine", steps - warmUp)
        let length = Double(steps - warmUp)
        let cosine = Schedule { step, base in
            low + (base - low) * (1 + Double.cos(.pi * Double(step) / length)) / 2
        }
        return warmUp == 0 ? cosine : .warmUp(steps: warmUp, then: cosine)
    }

    /// Down along half a cosine again and again (Loshchilov & Hutter 2017, "SGDR"). PyTorch's
    /// CosineAnnealingWarmRestarts.
    ///
    /// - Parameters:
    ///   - steps: of the first period.
    ///   - growth: how many times as long as the one before each period is.
    ///   - low: the lowest learning rate.
    public static func cosineWithRestarts(every steps: Int, growth: Int = 1, to low: Double = 0) -> Schedule {
        checkSteps("cosineWithRestarts", steps)
        if growth < 1 { fail("cosineWithRestarts", "a growth of \(growth); it must be 1 or more") }
        return Schedule { step, base in
            var (position, period) = (step, steps)
            if growth == 1 {
                position %= steps
            } else {
                while position >= period {
                    position -= period
                    period = period.multipliedReportingOverflow(by: growth).overflow ? .max : period * growth
                }
            }
            return low + (base - low) * (1 + Double.cos(.pi * Double(position) / Double(period))) / 2
        }
    }
}
