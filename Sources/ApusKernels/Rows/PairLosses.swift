import ApusCore
import ApusKernelBase

extension Kernels {
    // Losses of a prediction x and a target y. Each has its limit where one is infinite, and NaN where either is NaN.

    /// (x - y)²
    package static let squaredError = LossKernel(
        "mseLoss", pairLoss(SquaredError.self, Float.self), pairLoss(SquaredError.self, Double.self))

    /// |x - y|
    package static let absoluteError = LossKernel(
        "l1Loss", pairLoss(AbsoluteError.self, Float.self), pairLoss(AbsoluteError.self, Double.self))

    /// (x - y)² / 2 up to a distance of δ, δ (|x - y| - δ/2) beyond.
    package static let huber = LossKernel(
        "huberLoss", pairLoss(Huber.self, Float.self), pairLoss(Huber.self, Double.self))

    /// Huber's over β.
    package static let smoothL1 = LossKernel(
        "smoothL1Loss", pairLoss(SmoothL1.self, Float.self), pairLoss(SmoothL1.self, Double.self))

    /// -(y log x + (1 - y) log(1 - x)), both logarithms at least -100.
    package static let binaryCrossEntropy = LossKernel(
        "binaryCrossEntropy", pairLoss(BinaryCrossEntropy.self, Float.self),
        pairLoss(BinaryCrossEntropy.self, Double.self))

    /// -(y log σ(x) + (1 - y) log σ(-x))
    package static let binaryCrossEntropyWithLogits = LossKernel(
        "binaryCrossEntropyWithLogits", pairLoss(BinaryCrossEntropyWithLogits.self, Float.self),
        pairLoss(BinaryCrossEntropyWithLogits.self, Double.self))

    /// The binary cross-entropy of logits times the γth power of what the sigmoid is wrong by.
    package static let sigmoidFocal = LossKernel(
        "sigmoidFocalLoss", pairLoss(SigmoidFocal.self, Float.self), pairLoss(SigmoidFocal.self, Double.self))
}

private enum SquaredError: PairLoss {
    @inline(__always) static func loss<T: RowElement>(_ x: T, _ y: T, _: T) -> T { (x - y) * (x - y) }
    @inline(__always) static func slope<T: RowElement>(_ x: T, _ y: T, _: T) -> T { 2 * (x - y) }
}

private enum AbsoluteError: PairLoss {
    @inline(__always) static func loss<T: RowElement>(_ x: T, _ y: T, _: T) -> T { magnitude(x - y) }

    @inline(__always) static func slope<T: RowElement>(_ x: T, _ y: T, _: T) -> T {
        let d = x - y
        return T.select(d > 0, 1, T.select(d < 0, -1, d))
    }
}

private enum Huber: PairLoss {
    @inline(__always) static func loss<T: RowElement>(_ x: T, _ y: T, _ delta: T) -> T {
        let size = magnitude(x - y)
        return T.select(size <= delta, size * size / 2, delta * (size - delta / 2))
    }

    @inline(__always) static func slope<T: RowElement>(_ x: T, _ y: T, _ delta: T) -> T {
        clamped(x - y, delta)
    }
}

private enum SmoothL1: PairLoss {
    @inline(__always) static func loss<T: RowElement>(_ x: T, _ y: T, _ beta: T) -> T {
        let size = magnitude(x - y)
        return T.select(size <= beta, size * size / (2 * beta), size - beta / 2)
    }

    @inline(__always) static func slope<T: RowElement>(_ x: T, _ y: T, _ beta: T) -> T {
        let d = x - y
        return T.select(d >= beta, 1, T.select(d <= -beta, -1, d / beta))
    }
}

private enum BinaryCrossEntropy: PairLoss {
    @inline(__always) static func loss<T: RowElement>(_ x: T, _ y: T, _: T) -> T {
        let (one, zero) = (T.logarithm(x), T.logarithmOf1Plus(-x))
        return (y - 1) * T.select(zero < -100, -100, zero) - y * T.select(one < -100, -100, one)
    }

    @inline(__always) static func slope<T: RowElement>(_ x: T, _ y: T, _: T) -> T {
        let variance = x * (1 - x)
        return (x - y) / T.select(variance < T(1e-12), T(1e-12), variance)
    }
}

private enum BinaryCrossEntropyWithLogits: PairLoss {
    // With y log σ(x) = y min(x, 0) - y log(1 + e^-|x|): a part that y rules out is 0, though x be infinite.
    @inline(__always) static func loss<T: RowElement>(_ x: T, _ y: T, _: T) -> T {
        let size = magnitude(x)
        let wrong = T.select(x > 0, 1 - y, y)
        return T.select(wrong == 0, 0, wrong * size) + T.logarithmOf1Plus(T.exponential(-size))
    }

    @inline(__always) static func slope<T: RowElement>(_ x: T, _ y: T, _: T) -> T {
        let small = T.exponential(-magnitude(x))
        let high = 1 / (1 + small)
        let low = small * high
        return T.select(x > 0, (1 - y) * high - y * low, (1 - y) * low - y * high)
    }
}

private enum SigmoidFocal: PairLoss {
    @inline(__always) static func loss<T: RowElement>(_ x: T, _ y: T, _ gamma: T) -> T {
        let power = focus(x, y, gamma).power
        return T.select(power == 0, 0, power * BinaryCrossEntropyWithLogits.loss(x, y, 0))
    }

    @inline(__always) static func slope<T: RowElement>(_ x: T, _ y: T, _ gamma: T) -> T {
        let (power, relativeSlope) = focus(x, y, gamma)
        let entropy = BinaryCrossEntropyWithLogits.loss(x, y, 0)
        // x e^-x vanishes.
        let ofPower = T.select(relativeSlope == 0, 0, gamma * entropy * relativeSlope)
        return T.select(power == 0, 0, power * (BinaryCrossEntropyWithLogits.slope(x, y, 0) + ofPower))
    }

    /// q^γ for q = y σ(-x) + (1 - y) σ(x), and the derivative of log q.
    @inline(__always)
    private static func focus<T: RowElement>(_ x: T, _ y: T, _ gamma: T) -> (power: T, relativeSlope: T) {
        let small = T.exponential(-magnitude(x))
        let high = 1 / (1 + small)
        let low = small * high
        let right = T.select(x > 0, y, 1 - y)
        let wrong = (1 - right) * high + right * low
        let power = T.select(gamma == 0, 1, T.exponential(gamma * T.logarithm(wrong)))
        let slope = (1 - 2 * y) * high
        return (power, T.select(wrong == 0, slope, slope * low / wrong))
    }
}

@inline(__always)
private func magnitude<T: RowElement>(_ x: T) -> T { T.select(x < 0, -x, x) }

/// `x` within ±bound; NaN stays.
@inline(__always)
private func clamped<T: RowElement>(_ x: T, _ bound: T) -> T {
    T.select(x > bound, bound, T.select(x < -bound, -bound, x))
}
