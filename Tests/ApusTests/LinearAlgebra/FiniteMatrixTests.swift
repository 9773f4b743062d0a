import Testing

@testable import Apus

/// Factorisations refuse matrices that are not finite, by name, before a library sees them: there some would never end,
/// and others would give finite numbers.
@Suite struct FiniteMatrixTests {
    static let factorizations: [(name: String, reads: Part, call: @Sendable (Tensor) throws -> Void)] = [
        ("svd", .all, { _ = try $0.svd() }),
        ("svd", .all, { _ = try $0.svd(full: true) }),
        ("svdvals", .all, { _ = try $0.svdvals() }),
        ("svdvals", .all, { _ = try $0.requiringGradient().svdvals() }),
        ("pinverse", .all, { _ = try $0.pinverse() }),
        ("qr", .all, { _ = try $0.qr() }),
        ("qr", .all, { _ = try $0.qr(complete: true) }),
        ("inverse", .all, { _ = try $0.inverse() }),
        ("solve", .all, { _ = try $0.solve(.ones([3, 2], dtype: $0.dtype)) }),
        ("solve", .all, { _ = try $0.solve(.ones([3], dtype: $0.dtype)) }),
        ("determinant", .all, { _ = try $0.determinant() }),
        ("logDeterminant", .all, { _ = try $0.logDeterminant() }),
        ("cholesky", .lower, { _ = try $0.cholesky() }),
        ("cholesky", .lower, { _ = try $0.cholesky(upper: true) }),
        ("eigh", .lower, { _ = try $0.eigh() }),
        ("eigh", .upper, { _ = try $0.eigh(lower: false) }),
        ("eigvalsh", .lower, { _ = try $0.eigvalsh() }),
        ("eigvalsh", .upper, { _ = try $0.requiringGradient().eigvalsh(lower: false) }),
    ]

    enum Part {
        case all, lower, upper

        func reads(_ i: Int, _ j: Int) -> Bool {
            switch self {
            case .all: true
            case .lower: j <= i
            case .upper: j >= i
            }
        }
    }

    /// Each element of the third of four matrices, in each part of a complex one.
    @Test(arguments: factorizations.indices, [DType.float32, .float64, .complex64, .complex128])
    func whatIsNotFiniteIsRefused(_ index: Int, _ dtype: DType) throws {
        let (name, reads, call) = Self.factorizations[index]
        let parts = dtype.isComplex ? 2 : 1
        for (i, j, part) in (0..<9 * parts).map({ ($0 / parts / 3, $0 / parts % 3, $0 % parts) }) {
            for value in [Double.nan, .infinity, -.infinity] {
                var elements = [Double](repeating: 0, count: 4 * 9 * parts)
                for matrix in 0..<4 {
                    for k in 0..<3 { elements[(matrix * 9 + k * 4) * parts] = 2 }
                }
                elements[(2 * 9 + i * 3 + j) * parts + part] = value
                let shape = [4, 3, 3] + (dtype.isComplex ? [2] : [])
                var matrices = Tensor(elements, shape: shape, dtype: dtype.realType)
                if dtype.isComplex { matrices = matrices.viewAsComplex() }
                let expected = LinearAlgebraError(operation: name, reason: .notFinite, matrix: 2, batch: 4)
                if reads.reads(i, j) {
                    #expect(throws: expected, "\(value) at \(i), \(j)") { try call(matrices) }
                    // Views and whole numbers of one matrix go the same way.
                    #expect(throws: LinearAlgebraError.self) { try call(matrices[2].transpose().transpose()) }
                } else {
                    #expect(throws: Never.self, "\(value) at \(i), \(j) is not looked at") {
                        try call(matrices)
                    }
                }
            }
        }
    }

    @Test func theMessageSaysWhich() {
        let error = #expect(throws: LinearAlgebraError.self) {
            try Tensor([[1, Double.infinity, 2], [0, 1, 5], [3, 1, 1]]).svd()
        }
        #expect(error?.description == "svd: the matrix holds a NaN or an infinity")
    }

    /// The largest numbers are finite, and neither refused nor too much.
    @Test(arguments: [DType.float32, .float64, .complex64, .complex128])
    func theLargestNumbersAreFinite(_ dtype: DType) throws {
        let most =
            dtype.realType == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
        let a = Tensor.eye(3, dtype: dtype) * most
        for value in try a.svdvals().array(of: Double.self) { #expect(abs(value / most - 1) < 1e-6) }
        #expect(try a.qr().q.abs().max().item(as: Double.self) == 1)
        #expect(try a.eigvalsh().array(of: Double.self).allSatisfy { abs($0 / most - 1) < 1e-6 })
    }
}
