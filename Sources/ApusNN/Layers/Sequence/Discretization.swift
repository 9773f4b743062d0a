import Apus

/// How ẋ = A·x + B·u in continuous time becomes x ← Ā·x + B̄·u for samples that are a step Δ apart.
///
/// Where the real parts of A's eigenvalues are negative, all are stable for every Δ but the forward one.
public enum Discretization: String, CaseIterable, Sendable {
    /// Euler's: Ā = I + ΔA, B̄ = ΔB.
    case forward
    /// Euler's backward one: Ā = (I − ΔA)⁻¹, B̄ = Δ(I − ΔA)⁻¹B.
    case backward
    /// Tustin's, between these: Ā = (I − ΔA/2)⁻¹(I + ΔA/2), B̄ = Δ(I − ΔA/2)⁻¹B.
    case bilinear
    /// Exact where u keeps its value for a step: Ā = e^(ΔA), B̄ = A⁻¹(e^(ΔA) − I)B.
    case zeroOrderHold

    /// Ā and B̄ of full matrices.
    ///
    /// - Parameters:
    ///   - a: A, [.., N, N].
    ///   - b: B, [.., N].
    ///   - step: Δ, in the shape of the axes before these, or one that broadcasts to it; a scalar is one for all.
    public func matrices(
        _ a: Tensor, _ b: Tensor, step: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> (a: Tensor, b: Tensor) {
        let (name, site) = ("Discretization", CallSite(file: file, line: line))
        let lead = Shape.broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast()))
        if a.rank < 2 || b.rank < 1 || a.shape.suffix(2) != [b.shape[b.rank - 1], b.shape[b.rank - 1]]
            || lead == nil
        {
            fail(
                name, "A of shape \(a.shape) and B of shape \(b.shape) are no [.., N, N] and [.., N]",
                at: site)
        }
        let size = a.shape[a.rank - 1]
        let delta = step.unsqueeze(-1).unsqueeze(-1)
        let (x, y) = (delta * a, delta * b.unsqueeze(-1))
        let one = withDevice(a.device) { Tensor.eye(size, dtype: x.dtype) }
        switch self {
        case .forward: return (one + x, y.squeeze(axis: -1))
        case .backward: return solved(one - x, one, y, site)
        case .bilinear: return solved(one - x / 2, one + x / 2, y, site)
        case .zeroOrderHold:
            // e to the power of [[ΔA, ΔB], [0, 0]] has Ā and B̄ in its first rows, for an A without inverse too.
            let square = Discretization.joined(x, y).pad([(0, 1), (0, 0)])
            return Discretization.parts(square.matrixExponential().narrow(axis: -2, start: 0, count: size))
        }
    }

    /// Ā and B̄ of full matrices with one step for all.
    ///
    /// - Parameters:
    ///   - a: A, [.., N, N].
    ///   - b: B, [.., N].
    ///   - step: Δ, in the units of time of A.
    public func matrices(
        _ a: Tensor, _ b: Tensor, step: Double, file: StaticString = #fileID, line: UInt = #line
    ) -> (a: Tensor, b: Tensor) {
        let step = withDevice(a.device) { Tensor.full([], step, dtype: a.dtype) }
        return matrices(a, b, step: step, file: file, line: line)
    }

    /// Ā and B̄ of a diagonal A and a B of ones, each in the shape that A and the step have together.
    ///
    /// - Parameters:
    ///   - a: the diagonal of A, real or complex, [.., N]; not 0 for `zeroOrderHold`.
    ///   - step: Δ, of a shape that broadcasts with it.
    public func diagonal(_ a: Tensor, step: Tensor) -> (a: Tensor, b: Tensor) {
        let x = step * a
        switch self {
        case .forward: return (x + 1, step.broadcast(to: x.shape))
        case .backward:
            let inverse = (1 - x).reciprocal()
            return (inverse, step * inverse)
        case .bilinear:
            let inverse = (1 - x / 2).reciprocal()
            return ((x / 2 + 1) * inverse, step * inverse)
        case .zeroOrderHold:
            // Not e^(ΔA) − 1, which has lost the digits of a small step.
            return (x.exp(), x.expm1() / a)
        }
    }

    private func solved(_ matrix: Tensor, _ a: Tensor, _ b: Tensor, _ site: CallSite) -> (
        a: Tensor, b: Tensor
    ) {
        do {
            return Discretization.parts(try matrix.solve(Discretization.joined(a, b)))
        } catch {
            fail("Discretization", "a step of \(rawValue) has no inverse: \(error)", at: site)
        }
    }

    /// [.., N, N] and [.., N, 1], side by side.
    private static func joined(_ a: Tensor, _ b: Tensor) -> Tensor {
        let lead = Shape.broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2))) ?? []
        return Tensor.cat([a, b].map { $0.broadcast(to: lead + $0.shape.suffix(2)) }, axis: -1)
    }

    /// [.., N, N + 1] as Ā [.., N, N] and B̄ [.., N].
    private static func parts(_ joined: Tensor) -> (a: Tensor, b: Tensor) {
        let (axis, size) = (joined.rank - 1, joined.shape[joined.rank - 1] - 1)
        return (
            joined.narrow(axis: axis, start: 0, count: size),
            joined.narrow(axis: axis, start: size, count: 1).squeeze(axis: axis)
        )
    }
}
