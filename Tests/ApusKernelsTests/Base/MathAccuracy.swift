import Glibc

/// The error of `got` in units in the last place of `want`; results below the normal numbers may be zero.
func ulpError(_ got: Float, _ want: Double) -> Double {
    let rounded = Float(want)
    if rounded.isNaN { return got.isNaN ? 0 : .infinity }
    if got == rounded && !got.isFinite { return 0 }
    guard got.isFinite && rounded.isFinite else { return .infinity }
    if rounded.magnitude < .leastNormalMagnitude {
        return got.magnitude <= 2 * Float.leastNormalMagnitude ? 0 : .infinity
    }
    return (Double(got) - want).magnitude / Double(rounded.ulp)
}

/// The error of `got` in units in the last place of `want`; results below the normal numbers may be zero.
func ulpError(_ got: Double, _ want: Double) -> Double {
    if want.isNaN { return got.isNaN ? 0 : .infinity }
    if got == want { return 0 }
    guard got.isFinite && want.isFinite else { return .infinity }
    if want.magnitude < .leastNormalMagnitude {
        return got.magnitude <= 2 * Double.leastNormalMagnitude ? 0 : .infinity
    }
    return (got - want).magnitude / want.ulp
}

/// Floats of both signs at a constant step of their bit patterns, so all magnitudes alike, that lie in `range`.
func sweep(_ range: ClosedRange<Float>, step: UInt32 = 20_011) -> [Float] {
    stride(from: UInt32(0), to: UInt32.max - step, by: Int(step))
        .map { Float(bitPattern: $0) }
        .filter { range.contains($0) }
}

/// The normal distribution's Φ.
func normalCumulative(_ x: Double) -> Double { 0.5 * Glibc.erfc(-x / 2.0.squareRoot()) }

/// The normal distribution's φ.
func normalDensity(_ x: Double) -> Double { Glibc.exp(-0.5 * x * x) / (2 * Double.pi).squareRoot() }
