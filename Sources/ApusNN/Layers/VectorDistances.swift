import Apus

/// The cosine of the angle between vectors; see `Tensor.cosineSimilarity`.
public final class CosineSimilarity: Module {
    /// That of the vectors.
    public let axis: Int
    /// The least norm that counts.
    public let epsilon: Double

    /// - Parameter axis: that of the vectors.
    public init(axis: Int = 1, epsilon: Double = 1e-8) {
        self.axis = axis
        self.epsilon = epsilon
    }

    /// The similarity of the vectors of both, which broadcast.
    public func callAsFunction(
        _ first: Tensor, _ second: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) { first.cosineSimilarity(second, axis: axis, epsilon: epsilon) }
    }
}

/// The distance between vectors along the last axis; see `Tensor.pairwiseDistance`.
public final class PairwiseDistance: Module {
    /// That of the norm.
    public let p: Double
    /// Added to each difference.
    public let epsilon: Double
    /// Whether the last axis stays.
    public let keepDims: Bool

    /// - Parameter p: that of the norm.
    public init(p: Double = 2, epsilon: Double = 1e-6, keepDims: Bool = false) {
        self.p = p
        self.epsilon = epsilon
        self.keepDims = keepDims
    }

    /// The distances between the vectors of both, which broadcast.
    public func callAsFunction(
        _ first: Tensor, _ second: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            first.pairwiseDistance(second, p: p, epsilon: epsilon, keepDims: keepDims)
        }
    }
}
