import Apus
import ApusKernelCalls
import ApusNN

/// Adam's scaling with the mean square of a matrix kept as its row and column means (Shazeer & Stern 2018, "Adafactor:
/// adaptive learning rates with sublinear memory cost"), as PyTorch has it.
///
/// With w = t^betaDecay, ρ = min(learningRate, 1/√t), α = max(ε₂, RMS(p))·ρ: the means of g² over the last two axes are
/// R ← R + w·(mean of rows − R), C likewise, and V = R·C/max(mean of R, ε₁), for a vector V ← V + w·(g² − V). Then
/// U = g/max(√V, ε₁) and p ← (1 − learningRate·weightDecay)·p − α·U/max(1, RMS(U)/clipping).
public final class Adafactor: Optimizer {
    /// The exponent by which the running means slow down, 0 or less.
    public let betaDecay: Double
    /// ε₁, the least root of a mean square, nil for the type's precision; and ε₂, the least size of a parameter.
    public let epsilons: (Double?, Double)
    /// The most that the root mean square of a step may be before the learning rate.
    public let clipping: Double

    /// - Parameters:
    ///   - parameters: real parameters, or groups of them.
    ///   - learningRate: the most that ρ is.
    ///   - betaDecay: the exponent by which the running means slow down.
    ///   - epsilons: ε₁, nil for the precision of the type, and ε₂.
    ///   - clipping: d of the paper, 1 or more.
    ///   - weightDecay: the share of a value that is lost at each step, for a learning rate of 1.
    ///   - maximize: climb instead.
    public init<Member: Optimizable>(
        _ parameters: [Member], learningRate: Double = 1e-2, betaDecay: Double = -0.8,
        epsilons: (Double?, Double) = (nil, 1e-3), clipping: Double = 1, weightDecay: Double = 0,
        maximize: Bool = false
    ) {
        checkNumber("Adafactor", "betaDecay", betaDecay, -(.infinity)...0)
        checkNumber("Adafactor", "epsilons.0", epsilons.0 ?? 0, 0...(.infinity))
        checkNumber("Adafactor", "epsilons.1", epsilons.1, 0...(.infinity))
        checkNumber("Adafactor", "clipping", clipping, 1...(.infinity))
        for (index, parameter) in Member.groups(of: parameters).flatMap(\.parameters).enumerated()
        where parameter.value.dtype.isComplex {
            fail(
                "Adafactor",
                "\(title(parameter, index)) is \(parameter.value.dtype); it takes real parameters")
        }
        self.betaDecay = betaDecay
        self.epsilons = epsilons
        self.clipping = clipping
        super.init(
            "Adafactor", parameters, learningRate: learningRate, weightDecay: weightDecay, maximize: maximize,
            slots: { parameter in
                let value = parameter.value
                if value.rank < 2 { return ["square": .zeros(like: value)] }
                let (rows, columns) = (
                    value.sum(axis: -1, keepDims: true), value.sum(axis: -2, keepDims: true)
                )
                return ["rowSquare": .zeros(like: rows), "columnSquare": .zeros(like: columns)]
            })
    }

    public override func update(
        _ value: inout Tensor, gradient: Tensor, slots: inout [Tensor], step: Int, group: Group
    ) {
        if value.count == 0 { return }
        let epsilon1 = epsilons.0 ?? (value.dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne)
        let weight = Double.pow(Double(step), betaDecay)
        let rho = min(group.learningRate, 1 / Double(step).squareRoot())
        func rootMeanSquare(_ x: Tensor) -> Double {
            x.norm().item(as: Double.self) / Double(x.count).squareRoot()
        }
        let alpha = max(epsilons.1, rootMeanSquare(value)) * rho
        let keep = 1 - group.learningRate * group.weightDecay
        if value.rank < 2 {
            slots[0] = slots[0].lerp(gradient.square(), weight: weight)
            let direction = gradient * slots[0].maximum(epsilon1 * epsilon1).rsqrt()
            value *= keep
            value -= direction * (alpha / max(1, rootMeanSquare(direction) / clipping))
            return
        }
        let (rows, columns) = (value.shape[value.rank - 2], value.shape[value.rank - 1])
        for (slot, axis) in [(0, -1), (1, -2)] {
            let squares = gradient.norm(axis: axis, keepDims: true).square()
            slots[slot] = slots[slot].lerp(squares / Double(axis == -1 ? columns : rows), weight: weight)
        }
        // The estimate is their product, which is not made for all elements.
        var factors = [slots[0] / slots[0].mean(axis: -2, keepDims: true).maximum(epsilon1), slots[1]]
        let numbers = [Double(columns), Double(rows), epsilon1 * epsilon1, keep]
        func run(_ kernel: OptimizerKernel, _ coefficients: [Double]) -> Double {
            var step = TensorStep()
            step.add(&value, gradient: gradient, slots: &factors, kernel, coefficients: coefficients)
            return step.run(kernel)[0].x
        }
        let size = (run(Kernels.adafactorSquares, numbers) / Double(value.count)).squareRoot()
        _ = run(Kernels.adafactorApply, numbers + [alpha / max(1, size / clipping)])
        withExtendedLifetime(factors) {}
    }
}
