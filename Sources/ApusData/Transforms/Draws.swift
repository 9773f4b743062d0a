import ApusCore
import Glibc

/// True with a probability.
func isDrawn(_ probability: Double, using generator: inout some RandomNumberGenerator) -> Bool {
    Double.random(in: 0..<1, using: &generator) < probability
}

func checkProbability(_ probability: Double, _ operation: String) {
    if !(0...1).contains(probability) { fail(operation, "probability \(probability) is not in 0...1") }
}

/// A standard normal deviate. Source: Box and Muller, A Note on the Generation of Random Normal Deviates, 1958.
func normal(using generator: inout some RandomNumberGenerator) -> Double {
    let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
    return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
}

/// Of the beta distribution with equal parameters: x / (x + y) of two deviates of the gamma distribution.
func beta(_ alpha: Double, using generator: inout some RandomNumberGenerator) -> Double {
    let (x, y) = (gamma(alpha, using: &generator), gamma(alpha, using: &generator))
    // Both are 0 where alpha is tiny: then it is 0 or 1.
    return x + y > 0 ? x / (x + y) : Bool.random(using: &generator) ? 1 : 0
}

/// Source: Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, 2000.
private func gamma(_ alpha: Double, using generator: inout some RandomNumberGenerator) -> Double {
    if alpha < 1 {
        let uniform = 1 - Double.random(in: 0..<1, using: &generator)
        return gamma(alpha + 1, using: &generator) * pow(uniform, 1 / alpha)
    }
    let d = alpha - 1 / 3.0
    let c = 1 / (9 * d).squareRoot()
    while true {
        let x = normal(using: &generator)
        let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
        let uniform = 1 - Double.random(in: 0..<1, using: &generator)
        if v > 0 && log(uniform) < x * x / 2 + d - d * v + d * log(v) { return d * v }
    }
}
