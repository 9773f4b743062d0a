import Testing
import _ApusTestSupport

@testable import Apus

/// Factorisations and solvers: that their factors make up the matrix again, and what they say of
/// matrices they cannot work with.
@Suite struct LinearAlgebraTests {
    static let types: [DType] = DType.factorizable

    static func matrix(_ shape: Shape, _ dtype: DType, seed: UInt64 = 1) -> Tensor {
        .normal(shape, dtype: dtype, using: RandomGenerator(seed: seed))
    }

    static func expectEqual(_ found: Tensor, _ expected: Tensor, _ comment: Comment? = nil) {
        let single = expected.dtype.realType == .float32
        let problem = difference(
            found, expected, relative: single ? 1e-4 : 1e-11, absolute: single ? 1e-4 : 1e-11)
        #expect(problem == nil, comment ?? "\(problem ?? "")")
        #expect(found.dtype == expected.dtype)
    }

    static func identity(like x: Tensor, _ n: Int) -> Tensor {
        (Tensor.zeros(x.lead + [n, n], dtype: x.dtype) + Tensor.eye(n, dtype: x.dtype))
    }

    @Test(arguments: types)
    func solutionsSolve(_ dtype: DType) throws {
        let a = LinearAlgebraTests.matrix([2, 3, 5, 5], dtype)
        let b = LinearAlgebraTests.matrix([3, 5, 2], dtype, seed: 2)
        let x = try a.solve(b)
        #expect(x.shape == [2, 3, 5, 2])
        LinearAlgebraTests.expectEqual(a.matmul(x), b.broadcast(to: [2, 3, 5, 2]))
        let y = try a.solve(b[0, 0..., 0])
        #expect(y.shape == [2, 3, 5])
        LinearAlgebraTests.expectEqual(a.matmul(try a.inverse()), LinearAlgebraTests.identity(like: a, 5))
    }

    @Test(arguments: types, [(5, 3), (3, 5), (4, 4)])
    func qrFactorsMakeUpTheMatrix(_ dtype: DType, _ size: (Int, Int)) throws {
        let a = LinearAlgebraTests.matrix([2, size.0, size.1], dtype)
        for complete in [false, true] {
            let (q, r) = try a.qr(complete: complete)
            LinearAlgebraTests.expectEqual(q.matmul(r), a)
            LinearAlgebraTests.expectEqual(
                q.adjoint().matmul(q), LinearAlgebraTests.identity(like: a, q.columns))
            LinearAlgebraTests.expectEqual(r.triu(), r)
        }
    }

    @Test(arguments: types, [(5, 3), (3, 5), (4, 4)])
    func singularVectorsMakeUpTheMatrix(_ dtype: DType, _ size: (Int, Int)) throws {
        let a = LinearAlgebraTests.matrix([2, size.0, size.1], dtype)
        let (u, s, vh) = try a.svd()
        #expect(s.dtype == dtype.realType)
        LinearAlgebraTests.expectEqual((u * s.unsqueeze(-2)).matmul(vh), a)
        LinearAlgebraTests.expectEqual(try a.svdvals(), s)
        let full = try a.svd(full: true)
        #expect(full.u.shape == [2, size.0, size.0] && full.vh.shape == [2, size.1, size.1])
        LinearAlgebraTests.expectEqual(
            full.u.adjoint().matmul(full.u), LinearAlgebraTests.identity(like: a, size.0))
        let values = s.array(of: Double.self)
        #expect(values[0] >= values[1] && values[1] >= values[2])
    }

    @Test(arguments: types)
    func eigenvectorsMakeUpTheMatrix(_ dtype: DType) throws {
        let x = LinearAlgebraTests.matrix([2, 4, 4], dtype)
        let a = x + x.adjoint()
        let (w, v) = try a.eigh()
        LinearAlgebraTests.expectEqual((v * w.unsqueeze(-2)).matmul(v.adjoint()), a)
        LinearAlgebraTests.expectEqual(try a.eigvalsh(lower: false), w)
        // Only the triangle named is read.
        LinearAlgebraTests.expectEqual(try a.tril().eigvalsh(), w)
        LinearAlgebraTests.expectEqual(try a.triu().eigvalsh(lower: false), w)
    }

    @Test(arguments: types)
    func choleskyFactorsMakeUpTheMatrix(_ dtype: DType) throws {
        let x = LinearAlgebraTests.matrix([2, 4, 6], dtype)
        let a = x.matmul(x.adjoint())
        let l = try a.cholesky()
        LinearAlgebraTests.expectEqual(l.matmul(l.adjoint()), a)
        LinearAlgebraTests.expectEqual(l.tril(), l)
        LinearAlgebraTests.expectEqual(try a.cholesky(upper: true), l.adjoint())
    }

    @Test(arguments: types)
    func logarithmsOfDeterminantsDoNotOverflow(_ dtype: DType) throws {
        let a = LinearAlgebraTests.matrix([3, 4, 4], dtype)
        let (sign, logAbs) = try a.logDeterminant()
        LinearAlgebraTests.expectEqual(sign * logAbs.exp(), try a.determinant())
        let huge = try (Tensor.eye(100) * 1e30).logDeterminant()
        #expect(huge.sign.item(as: Float.self) == 1)
        #expect(abs(huge.logAbs.item(as: Double.self) - 6907.755) < 0.01)
        let none = try Tensor.zeros([2, 2]).logDeterminant()
        #expect(none.sign.item(as: Float.self) == 0 && none.logAbs.item(as: Float.self) == -.infinity)
    }

    @Test func theDeterminantOfASingularMatrixHasAGradient() throws {
        let a = Tensor([[1.0, 2, 3], [2, 4, 6], [1, 0, 1]], dtype: .float64).requiringGradient()
        let d = try a.determinant()
        #expect(abs(d.item(as: Double.self)) < 1e-12)
        d.backward()
        // The cofactors.
        let expected = Tensor([[4.0, 4, -4], [-2, -2, 2], [0, 0, 0]], dtype: .float64)
        LinearAlgebraTests.expectEqual(a.grad!, expected)
    }

    @Test(arguments: types)
    func pseudoInversesMeetPenrosesConditions(_ dtype: DType) throws {
        // Rank 2.
        let a = LinearAlgebraTests.matrix([5, 2], dtype).matmul(LinearAlgebraTests.matrix([2, 4], dtype))
        let p = try a.pinverse()
        #expect(p.shape == [4, 5])
        LinearAlgebraTests.expectEqual(a.matmul(p).matmul(a), a)
        LinearAlgebraTests.expectEqual(p.matmul(a).matmul(p), p)
        LinearAlgebraTests.expectEqual(a.matmul(p).adjoint(), a.matmul(p))
    }

    @Test func badMatricesAreNamed() {
        var batch = LinearAlgebraTests.matrix([4, 3, 3], .float64)
        batch[3] = Tensor.zeros([3, 3], dtype: .float64)
        #expect(throws: LinearAlgebraError(operation: "inverse", reason: .singular, matrix: 3, batch: 4)) {
            try batch.inverse()
        }
        #expect(throws: LinearAlgebraError(operation: "solve", reason: .singular, matrix: 3, batch: 4)) {
            try batch.solve(Tensor.ones([3, 1], dtype: .float64))
        }
        let error = #expect(throws: LinearAlgebraError.self) { try (-Tensor.eye(3)).cholesky() }
        #expect(error?.description == "cholesky: the matrix is not positive definite")
        let second = #expect(throws: LinearAlgebraError.self) { try batch.inverse() }
        #expect(second?.description == "inverse: matrix 3 of the batch of 4 is singular")
        let third = #expect(throws: LinearAlgebraError.self) { try (Tensor.eye(3) * Float.nan).svd() }
        #expect(third?.reason == .notFinite)
    }

    @Test func emptyBatchesAndMatricesWork() throws {
        let a = Tensor.zeros([0, 3, 3])
        #expect(try a.inverse().shape == [0, 3, 3])
        #expect(try a.solve(Tensor.zeros([0, 3, 2])).shape == [0, 3, 2])
        #expect(try a.determinant().shape == [0])
        #expect(try a.svd().s.shape == [0, 3])
        let empty = Tensor.zeros([2, 0, 0])
        #expect(try empty.determinant().array(of: Float.self) == [1, 1])
        #expect(try empty.inverse().shape == [2, 0, 0])
        #expect(Tensor.zeros([2, 0, 3]).matmul(Tensor.zeros([3, 4])).shape == [2, 0, 4])
        #expect(
            Tensor.zeros([2, 0]).matmul(Tensor.zeros([0, 3])).array(of: Float.self)
                == .init(repeating: 0, count: 6))
    }

    @Test func integersAreSolvedInFloat32() throws {
        let a = Tensor([[2, 0], [0, 4]])
        #expect(try a.inverse().dtype == .float32)
        #expect(try a.determinant().item(as: Float.self) == 8)
    }

    /// No output's history holds itself by way of the other outputs: all is let go with the results.
    @Test func severalOutputsFormNoCycle() throws {
        weak var first: Node?
        weak var second: Node?
        weak var third: Node?
        do {
            let a = LinearAlgebraTests.matrix([4, 4], .float64).requiringGradient()
            let (q, r) = try a.qr()
            let (u, s, vh) = try a.svd()
            let (w, v) = try (a + a.transpose()).eigh()
            (first, second, third) = (q.node, u.node, v.node)
            let total = (q * r).sum() + (u * vh).sum() + s.sum() + (w * v).sum()
            _ = gradient(of: total, at: a, createGraph: true)
            #expect(first != nil && second != nil && third != nil)
        }
        #expect(first == nil && second == nil && third == nil)
    }

    @Test func misfitsStopTheProgramAndNameTheCall() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).matmul(Tensor.ones([4, 5]))
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("matmul: the inner axes differ: [2, 3] × [4, 5]"))
        #expect(text.contains("LinearAlgebraTests.swift"))
    }
}
