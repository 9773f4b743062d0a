/// A matrix that a solver or factorisation cannot work with: a matter of its values, not of the code.
public struct LinearAlgebraError: Error, Equatable, CustomStringConvertible {
    /// What is wrong with a matrix; the raw value is the end of the message.
    public enum Reason: String, Sendable {
        /// It has no inverse.
        case singular = "is singular"
        /// Cholesky's factorisation does not exist.
        case notPositiveDefinite = "is not positive definite"
        /// LAPACK's iteration found no eigenvalues or singular values.
        case notConverged = "did not converge"
        /// An element is NaN or infinite.
        case notFinite = "holds a NaN or an infinity"
    }

    /// The name of the operation, such as `inverse`.
    public let operation: String
    /// What is wrong.
    public let reason: Reason
    /// Which matrix, counted from 0 in row-major order of the leading axes.
    public let matrix: Int
    /// How many matrices there were.
    public let batch: Int

    /// For example `inverse: matrix 3 of the batch of 8 is singular`.
    public var description: String {
        let subject = batch == 1 ? "the matrix" : "matrix \(matrix) of the batch of \(batch)"
        return "\(operation): \(subject) \(reason.rawValue)"
    }

    /// Throws for the first matrix that is not finite; other failures pass.
    static func checkFinite(_ info: [Int32], _ operation: String) throws(LinearAlgebraError) {
        try check(info.map { min($0, 0) }, operation, .notFinite)
    }

    /// Throws for the first matrix whose `info` is not 0; negative ones mean values that are not finite.
    static func check(_ info: [Int32], _ operation: String, _ reason: Reason) throws(LinearAlgebraError) {
        guard let matrix = info.firstIndex(where: { $0 != 0 }) else { return }
        throw LinearAlgebraError(
            operation: operation, reason: info[matrix] < 0 ? .notFinite : reason, matrix: matrix,
            batch: info.count)
    }
}
