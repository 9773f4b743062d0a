// Tensors as batches of matrices: [..., rows, columns].

extension Tensor {
    var rows: Int { layout.shape[layout.shape.count - 2] }
    var columns: Int { layout.shape[layout.shape.count - 1] }
    /// The axes before the matrices.
    var lead: Shape { Array(layout.shape.dropLast(2)) }
    var matrixCount: Int { layout.shape.dropLast(2).clampedProduct }

    /// This tensor checked to be matrices of a type LAPACK takes; integers become float32.
    func matrices(_ operation: String, square: Bool = false, _ site: CallSite) -> Tensor {
        if rank < 2 { fail(operation, "a tensor of shape \(shape) is not a matrix", at: site) }
        if square && rows != columns {
            fail(operation, "a matrix of shape \(shape) is not square", at: site)
        }
        if dtype.isHalf {
            fail(operation, "\(dtype) is too coarse for it; convert with .to(.float32)", at: site)
        }
        return promoted(by: .factorization)
    }

    /// The conjugate transposes of the matrices in the last two axes: a view where they are real.
    public func adjoint() -> Tensor { dtype.isComplex ? transpose().conjugate() : transpose() }

    /// Each element of [...] times an identity matrix: [..., n, n].
    func timesIdentity(_ n: Int, _ dtype: DType) -> Tensor {
        reshape(shape + [1, 1]) * onItsDevice { Tensor.eye(n, dtype: dtype) }
    }

    /// The matrices and the right-hand sides of a system, in a common type and batch.
    static func system(_ a: Tensor, _ b: Tensor, _ operation: String, left: Bool = true, _ site: CallSite)
        -> (a: Tensor, b: Tensor)
    {
        let (a, b) = TypeRule.factorization.promoted(
            a.matrices(operation, square: true, site), b.matrices(operation, site))
        if (left ? b.rows : b.columns) != a.rows {
            fail(operation, "a matrix of shape \(a.shape) does not fit one of shape \(b.shape)", at: site)
        }
        guard let lead = Shape.broadcast(a.lead, b.lead) else {
            fail(
                operation, "the leading axes do not broadcast together: \(a.shape) and \(b.shape)", at: site)
        }
        return (
            a.broadcast(to: lead + [a.rows, a.columns]), b.broadcast(to: lead + [b.rows, b.columns])
        )
    }
}

extension DType {
    /// The types that factorisations and solvers take.
    package static let factorizable: [DType] = [.float32, .float64, .complex64, .complex128]
}
