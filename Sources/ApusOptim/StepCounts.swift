import Apus

/// The most steps that a state may count.
let mostSteps = 1 << 53

/// What in `step` cannot be a number of steps; nil where all can.
func wrongStepCount(_ step: Tensor) -> String? {
    if !step.dtype.isInteger { return "\(step.dtype) elements" }
    return step.array(of: Int.self).first { !(0...mostSteps).contains($0) }.map { "\($0)" }
}

/// baseⁿ by squaring: the same on every machine.
func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var factor = base
    var rest = exponent
    while rest > 0 {
        if rest & 1 == 1 { result *= factor }
        factor *= factor
        rest >>= 1
    }
    return result
}
