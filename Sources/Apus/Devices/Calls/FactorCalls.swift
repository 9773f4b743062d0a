import ApusKernelCalls

/// Factorisations of batches of matrices, and what is solved with them. What is returned, a number for each matrix, lies
/// in the program's memory. Pivots are int32.
package protocol FactorCalls: DeviceCalls {
    /// A = L·Lᴴ for a Hermitian positive-definite A, of which only the lower triangle is read.
    ///
    /// - Parameters:
    ///   - a: batch × n × n.
    ///   - l: batch × n × n, zeros above the diagonal; may be `a`.
    /// - Returns: i > 0 where the leading i × i part is not positive definite, −1 where the triangle is not finite; `l` is
    ///   then incomplete.
    @discardableResult
    func cholesky(_ dtype: DType, batch: Int, n: Int, a: UnsafeRawPointer, l: UnsafeMutableRawPointer)
        -> [Int32]

    /// A = V·diag(w)·Vᴴ for a Hermitian (real symmetric) A, eigenvalues in ascending order.
    ///
    /// - Parameters:
    ///   - a: batch × n × n; only the triangle that `lower` names is read.
    ///   - w: batch × n, of the real type.
    ///   - v: batch × n × n, an eigenvector in each column; nil where only eigenvalues are wanted.
    /// - Returns: greater than 0 where the iteration did not converge, −1 where the triangle is not finite.
    @discardableResult
    func eigh(
        _ dtype: DType, batch: Int, n: Int, lower: Bool, a: UnsafeRawPointer, w: UnsafeMutableRawPointer,
        v: UnsafeMutableRawPointer?
    ) -> [Int32]

    /// P·A = L·U with partial pivoting.
    ///
    /// - Parameters:
    ///   - a: batch × m × n.
    ///   - lu: batch × m × n: U on and above the diagonal, L without its unit diagonal below it.
    ///   - pivots: batch × min(m, n): step i swapped row i with row `pivots[i]`, counted from 0 (LAPACK
    ///     counts from 1). The determinant's sign is (−1) to the number of i with `pivots[i] != i`.
    /// - Returns: i > 0 where U[i − 1, i − 1] is exactly 0: the factorisation stands, A is singular; −1 where A is not
    ///   finite, and nothing is written.
    @discardableResult
    func luFactor(
        _ dtype: DType, batch: Int, m: Int, n: Int, a: UnsafeRawPointer, lu: UnsafeMutableRawPointer,
        pivots: UnsafeMutableRawPointer
    ) -> [Int32]

    /// X with op(A)·X = B, from the factors of `luFactor`.
    ///
    /// - Parameters:
    ///   - lu: batch × n × n.
    ///   - pivots: batch × n.
    ///   - b: batch × n × columns.
    ///   - x: batch × n × columns; may be `b`.
    /// - Returns: i > 0 where U[i − 1, i − 1] is exactly 0; x is then not finite.
    @discardableResult
    func luSolve(
        _ dtype: DType, batch: Int, n: Int, columns: Int, lu: UnsafeRawPointer, pivots: UnsafeRawPointer,
        transposition: Transposition, b: UnsafeRawPointer, x: UnsafeMutableRawPointer
    ) -> [Int32]

    /// A⁻¹.
    ///
    /// - Parameters:
    ///   - a: batch × n × n.
    ///   - result: batch × n × n; may be `a`.
    /// - Returns: greater than 0 where A is singular: a pivot is exactly 0; −1 where A is not finite.
    @discardableResult
    func inverse(_ dtype: DType, batch: Int, n: Int, a: UnsafeRawPointer, result: UnsafeMutableRawPointer)
        -> [Int32]

    /// A = Q·R with orthonormal columns in Q and an upper triangular R.
    ///
    /// - Parameters:
    ///   - a: batch × m × n.
    ///   - complete: Q is m × m and R m × n; otherwise Q is m × k and R k × n with k = min(m, n).
    ///   - q: nil where only R is wanted.
    /// - Returns: −1 where A is not finite.
    @discardableResult
    func qr(
        _ dtype: DType, batch: Int, m: Int, n: Int, complete: Bool, a: UnsafeRawPointer,
        q: UnsafeMutableRawPointer?, r: UnsafeMutableRawPointer
    ) -> [Int32]

    /// A = U·diag(s)·Vᴴ, singular values in descending order (divide and conquer).
    ///
    /// - Parameters:
    ///   - a: batch × m × n.
    ///   - full: U is m × m and Vᴴ n × n; otherwise m × k and k × n with k = min(m, n).
    ///   - u: nil, together with `vh`, where only the singular values are wanted.
    ///   - s: batch × k, of the real type.
    /// - Returns: greater than 0 where the iteration did not converge, −1 where A is not finite.
    @discardableResult
    func svd(
        _ dtype: DType, batch: Int, m: Int, n: Int, full: Bool, a: UnsafeRawPointer,
        u: UnsafeMutableRawPointer?, s: UnsafeMutableRawPointer, vh: UnsafeMutableRawPointer?
    ) -> [Int32]

    /// X with op(A)·X = B for a triangular A; the other triangle is not looked at.
    ///
    /// - Parameters:
    ///   - a: batch × n × n.
    ///   - b: batch × n × columns.
    ///   - x: batch × n × columns; may be `b`.
    ///   - unitDiagonal: takes the diagonal for ones without looking at it.
    /// - Returns: i > 0 where A[i − 1, i − 1] is exactly 0; x is then not finite.
    @discardableResult
    func triangularSolve(
        _ dtype: DType, batch: Int, n: Int, columns: Int, a: UnsafeRawPointer, upper: Bool,
        unitDiagonal: Bool, transposition: Transposition, b: UnsafeRawPointer,
        x: UnsafeMutableRawPointer
    ) -> [Int32]
}

extension FactorCalls {
    @discardableResult
    package func cholesky(_ dtype: DType, batch: Int, n: Int, a: UnsafeRawPointer, l: UnsafeMutableRawPointer)
        -> [Int32]
    { lacks() }

    @discardableResult
    package func eigh(
        _ dtype: DType, batch: Int, n: Int, lower: Bool, a: UnsafeRawPointer, w: UnsafeMutableRawPointer,
        v: UnsafeMutableRawPointer?
    ) -> [Int32] { lacks() }

    @discardableResult
    package func luFactor(
        _ dtype: DType, batch: Int, m: Int, n: Int, a: UnsafeRawPointer, lu: UnsafeMutableRawPointer,
        pivots: UnsafeMutableRawPointer
    ) -> [Int32] { lacks() }

    @discardableResult
    package func luSolve(
        _ dtype: DType, batch: Int, n: Int, columns: Int, lu: UnsafeRawPointer, pivots: UnsafeRawPointer,
        transposition: Transposition, b: UnsafeRawPointer, x: UnsafeMutableRawPointer
    ) -> [Int32] { lacks() }

    @discardableResult
    package func inverse(
        _ dtype: DType, batch: Int, n: Int, a: UnsafeRawPointer, result: UnsafeMutableRawPointer
    ) -> [Int32] { lacks() }

    @discardableResult
    package func qr(
        _ dtype: DType, batch: Int, m: Int, n: Int, complete: Bool, a: UnsafeRawPointer,
        q: UnsafeMutableRawPointer?, r: UnsafeMutableRawPointer
    ) -> [Int32] { lacks() }

    @discardableResult
    package func svd(
        _ dtype: DType, batch: Int, m: Int, n: Int, full: Bool, a: UnsafeRawPointer,
        u: UnsafeMutableRawPointer?, s: UnsafeMutableRawPointer, vh: UnsafeMutableRawPointer?
    ) -> [Int32] { lacks() }

    @discardableResult
    package func triangularSolve(
        _ dtype: DType, batch: Int, n: Int, columns: Int, a: UnsafeRawPointer, upper: Bool,
        unitDiagonal: Bool, transposition: Transposition, b: UnsafeRawPointer,
        x: UnsafeMutableRawPointer
    ) -> [Int32] { lacks() }
}
