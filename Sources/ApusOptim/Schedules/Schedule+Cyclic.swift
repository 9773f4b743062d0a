import Apus

extension Schedule {
    /// What becomes of the height of a cycle.
    public enum CycleMode: Sendable, Equatable {
        /// All cycles are alike.
        case triangular
        /// Each cycle is half as high as the one before.
        case triangular2
        /// The height is multiplied by the number at each step.
        case exponential(Double)
    }

    /// Up and down between two learning rates in straight lines (Smith 2017, "Cyclical learning rates for training neural
    /// networks"). PyTorch's CyclicLR.
    ///
    /// - Parameters:
    ///   - low: the lowest learning rate; nil for that of each group.
    ///   - high: the highest of the first cycle.
    ///   - up: steps from the lowest to the highest.
    ///   - down: steps back; nil for as many.
    ///   - mode: what becomes of the height.
    ///   - momentum: the momentum (for optimizers with betas β₁) goes the other way within it; nil leaves it.
    public static func cyclic(
        from low: Double? = nil, to high: Double, up: Int, down: Int? = nil, mode: CycleMode = .triangular,
        momentum: ClosedRange<Double>? = 0.8...0.9
    ) -> Schedule {
        checkSteps("cyclic", up)
        checkSteps("cyclic", down ?? up)
        let length = Double(up + (down ?? up))
        let turn = Double(up) / length
        /// How far from the bottom to the top, the mode included.
        @Sendable func height(_ step: Int) -> Double {
            let cycle = (1 + Double(step) / length).rounded(.down)
            let position = 1 + Double(step) / length - cycle
            let height = position <= turn ? position / turn : (position - 1) / (turn - 1)
            return switch mode {
            case .triangular: height
            case .triangular2: height / power(2, Int(cycle) - 1)
            case .exponential(let factor): height * power(factor, step)
            }
        }
        return Schedule(
            momentum: { step in
                momentum.map { $0.upperBound - ($0.upperBound - $0.lowerBound) * height(step) }
            },
            rate: { step, base in
                let low = low ?? base
                return low + (high - low) * height(step)
            })
    }

    /// One cycle: up to a large learning rate and down to almost none (Smith & Topin 2018, "Super-convergence"). PyTorch's
    /// OneCycleLR.
    ///
    /// - Parameters:
    ///   - steps: of the whole training; after them the last learning rate stays.
    ///   - peak: the highest learning rate; nil for that of each group.
    ///   - rise: the share of the steps in which it rises.
    ///   - division: the first learning rate is the highest one over it.
    ///   - finalDivision: the last learning rate is the first one over it.
    ///   - isLinear: go in straight lines, not along half a cosine.
    ///   - hasThreePhases: go down as fast as up, and then from the first rate to the last.
    ///   - momentum: the momentum (for optimizers with betas β₁) goes the other way within it; nil leaves it.
    public static func oneCycle(
        steps: Int, peak: Double? = nil, rise: Double = 0.3, division: Double = 25,
        finalDivision: Double = 1e4,
        isLinear: Bool = false, hasThreePhases: Bool = false, momentum: ClosedRange<Double>? = 0.85...0.95
    ) -> Schedule {
        checkSteps("oneCycle", steps)
        if !(0...1).contains(rise) { fail("oneCycle", "a rise of \(rise); it must be a share, 0 to 1") }
        let top = rise * Double(steps) - 1
        let end = Double(steps - 1)
        let ends = hasThreePhases ? [top, 2 * rise * Double(steps) - 2, end] : [top, end]
        /// The phase that a step is in, and how far.
        @Sendable func position(_ step: Int) -> (phase: Int, share: Double) {
            let step = min(Double(step), end)
            let phase = ends.firstIndex { step <= $0 } ?? ends.count - 1
            let start = phase == 0 ? 0 : ends[phase - 1]
            return (phase, ends[phase] > start ? (step - start) / (ends[phase] - start) : 1)
        }
        @Sendable func between(_ levels: [Double], _ step: Int) -> Double {
            let (phase, share) = position(step)
            let (first, last) = (levels[phase], levels[phase + 1])
            if isLinear { return first + (last - first) * share }
            return last + (first - last) / 2 * (Double.cos(.pi * share) + 1)
        }
        return Schedule(
            momentum: { step in
                guard let momentum else { return nil }
                let (low, high) = (momentum.lowerBound, momentum.upperBound)
                return between([high, low, high] + (hasThreePhases ? [high] : []), step)
            },
            rate: { step, base in
                let peak = peak ?? base
                let (first, last) = (peak / division, peak / division / finalDivision)
                return between([first, peak] + (hasThreePhases ? [first] : []) + [last], step)
            })
    }
}
