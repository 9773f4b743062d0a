import Apus
import Glibc

/// How much deeper, wider and larger in its images a network is to be for each doubling of its cost (Tan & Le 2019,
/// section 3.3): depth α^φ, width β^φ, resolution γ^φ, for 2^φ times the multiplications.
public struct CompoundScaling: Codable, Sendable, Equatable {
    /// α, of the number of blocks: at least 1.
    public var depth: Double
    /// β, of the channels: at least 1.
    public var width: Double
    /// γ, of the images' height and width: at least 1.
    public var resolution: Double

    /// The program stops for a number below 1.
    public init(depth: Double, width: Double, resolution: Double) {
        if !(depth >= 1 && width >= 1 && resolution >= 1) {
            fail("CompoundScaling", "factors \(depth), \(width) and \(resolution): each is at least 1")
        }
        self.depth = depth
        self.width = width
        self.resolution = resolution
    }

    /// The paper's: α = 1.2, β = 1.1, γ = 1.15.
    public static let efficientNet = CompoundScaling(depth: 1.2, width: 1.1, resolution: 1.15)

    /// α·β²·γ²: how many times the multiplications grow.
    public var cost: Double { depth * width * width * resolution * resolution }

    /// The factors at φ: each to its power.
    public func callAsFunction(_ phi: Double) -> CompoundScaling {
        CompoundScaling(depth: pow(depth, phi), width: pow(width, phi), resolution: pow(resolution, phi))
    }

    /// The factors of a grid whose cost is about 2 for which `evaluate` gives the most: the paper's search at φ = 1.
    ///
    /// - Parameters:
    ///   - step: from one factor to the next.
    ///   - tolerance: how far from 2 a cost may be.
    ///   - evaluate: what is to be as large as possible, such as the accuracy of a network scaled by these factors.
    /// - Returns: the best; of equals the one with the cost next to 2.
    public static func search(
        step: Double = 0.05, tolerance: Double = 0.05, evaluate: (CompoundScaling) throws -> Double
    ) rethrows -> CompoundScaling {
        var best: (factors: CompoundScaling, score: Double)?
        for factors in candidates(step: step, tolerance: tolerance) {
            let score = try evaluate(factors)
            if score > best?.score ?? -.infinity { best = (factors, score) }
        }
        guard let best else {
            fail("CompoundScaling", "no score of the grid's factors is a number above minus infinity")
        }
        return best.factors
    }

    /// The points of the grid whose cost is about 2, those next to 2 first.
    static func candidates(step: Double, tolerance: Double) -> [CompoundScaling] {
        if !(step > 0 && step <= 1 && tolerance >= 0) {
            fail("CompoundScaling", "a step of \(step) within \(tolerance): a step in 0 ..< 1 is wanted")
        }
        let axis = (0...Int((1 / step).rounded(.down))).map { 1 + Double($0) * step }
        var found: [CompoundScaling] = []
        for depth in axis {
            for width in axis {
                for resolution in axis {
                    let factors = CompoundScaling(depth: depth, width: width, resolution: resolution)
                    if abs(factors.cost - 2) <= tolerance { found.append(factors) }
                }
            }
        }
        if found.isEmpty {
            fail("CompoundScaling", "no factors with a step of \(step) cost 2 within \(tolerance)")
        }
        return found.sorted { abs($0.cost - 2) < abs($1.cost - 2) }
    }
}
