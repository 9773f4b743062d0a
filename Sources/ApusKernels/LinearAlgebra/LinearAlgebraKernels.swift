import ApusKernelBase
import ApusCore
import COpenBLAS

/// Factorisations and solvers, from LAPACK.
///
/// All matrices are row-major without gaps; a batch is one matrix after the other. The element type is
/// float32, float64, complex64 or complex128, real results (singular values, eigenvalues) have its real
/// type. Inputs are not changed. Every function returns one `info` for each matrix: 0 where it
/// succeeded, else what its documentation says. A matrix is worked on by one thread and a batch by all:
/// results do not depend on the number of threads.
package enum LinearAlgebraKernels {
    static func scalar(_ dtype: DType, _ operation: String) -> LAPACK.Scalar {
        switch dtype {
        case .float32: .float
        case .float64: .double
        case .complex64: .complex
        case .complex128: .doubleComplex
        default: fail(operation, "needs float32, float64, complex64 or complex128, not \(dtype)")
        }
    }

    /// Calls `body` with each index of the batch, every one on a single thread, and gathers what it
    /// returns. `cost` is the number of multiplications in one.
    static func forEachMatrix(_ batch: Int, cost: Int, _ body: (Int) -> Int32) -> [Int32] {
        [Int32](unsafeUninitializedCapacity: batch) { info, count in
            // Each unit writes its own element.
            let results = info.baseAddress
            Parallel.units(batch, cost: max(1, cost / 8)) { item in
                Parallel.withLibraryThreads(1) {
                    BLASBuffers.with { (results! + item).initialize(to: body(item)) }
                }
            }
            count = batch
        }
    }

    /// The extent as Fortran's integer.
    static func extent(_ value: Int, _ operation: String) -> Int32 {
        guard let value = Int32(exactly: value) else {
            fail(operation, "an extent of \(value) is beyond LAPACK")
        }
        return value
    }

    /// The size of workspace that a routine asked for in its first element.
    static func workspaceSize(_ query: Storage, _ dtype: DType) -> Int {
        let wanted =
            dtype.realType == .float32
            ? Double(query.pointer.load(as: Float.self)) : query.pointer.load(as: Double.self)
        // A float32 cannot say every size: round up by more than its precision.
        return max(1, Int(wanted * (dtype.realType == .float32 ? 1.000001 : 1)) + 1)
    }

    /// Runs `call` twice: to ask for the size of its workspace, and with it.
    static func withWorkspace(_ dtype: DType, _ call: (UnsafeMutableRawPointer, Int32) -> Int32) -> Int32 {
        let query = Storage(byteCount: 64)
        let failure = call(query.pointer, -1)
        if failure != 0 { return failure }
        let size = workspaceSize(query, dtype)
        let work = Storage(byteCount: size * dtype.size)
        return call(work.pointer, Int32(clamping: size))
    }

    /// Writes the transpose of a row-major `rows` × `columns` matrix; `conjugate` is for complex types.
    static func transpose(
        _ from: UnsafeRawPointer, rows: Int, columns: Int, to: UnsafeMutableRawPointer, _ dtype: DType,
        conjugate: Bool = false
    ) {
        switch dtype.size {
        case 4: transposeElements(Float.self, from, rows, columns, to) { $0 }
        case 8 where dtype.isComplex:
            transposeElements(ComplexPair<Float>.self, from, rows, columns, to) {
                conjugate ? ComplexPair($0.re, -$0.im) : $0
            }
        case 8: transposeElements(Double.self, from, rows, columns, to) { $0 }
        default:
            transposeElements(ComplexPair<Double>.self, from, rows, columns, to) {
                conjugate ? ComplexPair($0.re, -$0.im) : $0
            }
        }
    }

    @inline(__always)
    private static func transposeElements<T>(
        _ type: T.Type, _ from: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ to: UnsafeMutableRawPointer,
        _ map: (T) -> T
    ) {
        let from = from.assumingMemoryBound(to: T.self)
        let to = to.assumingMemoryBound(to: T.self)
        let block = 16
        for top in stride(from: 0, to: rows, by: block) {
            for left in stride(from: 0, to: columns, by: block) {
                for j in left..<min(left + block, columns) {
                    for i in top..<min(top + block, rows) { to[j * rows + i] = map(from[i * columns + j]) }
                }
            }
        }
    }

    /// Zeros, with ones on the diagonal.
    static func setIdentity(_ to: UnsafeMutableRawPointer, rows: Int, columns: Int, _ dtype: DType) {
        to.initializeMemory(as: UInt8.self, repeating: 0, count: rows * columns * dtype.size)
        for i in 0..<min(rows, columns) {
            let element = to + (i * columns + i) * dtype.size
            if dtype.realType == .float32 {
                element.storeBytes(of: 1, as: Float.self)
            } else {
                element.storeBytes(of: 1, as: Double.self)
            }
        }
    }
}

extension Transposition {
    var blas: CBLAS_TRANSPOSE {
        switch self {
        case .none: CblasNoTrans
        case .transpose: CblasTrans
        case .adjoint: CblasConjTrans
        }
    }
}
