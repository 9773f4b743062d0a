import ApusCore
import ApusKernels

/// One or several row-major matrices in aligned memory, with slow and obvious arithmetic.
struct DenseMatrix {
    let dtype: DType
    let batch: Int
    let rows: Int
    let columns: Int
    private let storage: Storage

    var pointer: UnsafeRawPointer { UnsafeRawPointer(storage.pointer) }

    init(_ dtype: DType, batch: Int = 1, _ rows: Int, _ columns: Int) {
        (self.dtype, self.batch, self.rows, self.columns) = (dtype, batch, rows, columns)
        storage = Storage(byteCount: batch * rows * columns * dtype.size)
        storage.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: storage.byteCount)
    }

    init(_ dtype: DType, _ rows: Int, _ columns: Int, _ element: (Int, Int) -> ElementValue) {
        self.init(dtype, rows, columns)
        var values: [ElementValue] = []
        for i in 0..<rows { for j in 0..<columns { values.append(element(i, j)) } }
        fill(encodeElements(values, dtype))
    }

    init(joining matrices: [DenseMatrix]) {
        self.init(matrices[0].dtype, batch: matrices.count, matrices[0].rows, matrices[0].columns)
        fill(matrices.flatMap(\.bytes))
    }

    static func random(_ dtype: DType, batch: Int = 1, _ rows: Int, _ columns: Int, seed: UInt64 = 1)
        -> DenseMatrix
    {
        var random = SplitMix(state: seed)
        let matrix = DenseMatrix(dtype, batch: batch, rows, columns)
        matrix.fill(encodeElements((0..<batch * rows * columns).map { _ in random.value(dtype) }, dtype))
        return matrix
    }

    static func identity(_ dtype: DType, _ n: Int) -> DenseMatrix {
        DenseMatrix(dtype, n, n) { i, j in (i == j ? 1 : 0, 0) }
    }

    var values: [ElementValue] { decodeElements(bytes, dtype) }

    private var bytes: [UInt8] {
        Array(UnsafeRawBufferPointer(start: storage.pointer, count: storage.byteCount))
    }

    private func fill(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: storage.pointer, count: bytes.count).copyMemory(from: $0)
        }
    }

    mutating func write<R>(_ body: (UnsafeMutableRawPointer) -> R) -> R { body(storage.pointer) }

    subscript(item: Int) -> DenseMatrix {
        let one = DenseMatrix(dtype, rows, columns)
        let size = rows * columns * dtype.size
        one.fill(Array(bytes[item * size..<item * size + size]))
        return one
    }

    func at(_ i: Int, _ j: Int) -> ElementValue {
        let element = UnsafeRawBufferPointer(
            start: storage.pointer + (i * columns + j) * dtype.size, count: dtype.size)
        return decodeElements(Array(element), dtype)[0]
    }

    func times(_ other: DenseMatrix) -> DenseMatrix {
        let (a, b) = (decodeElements(bytes, dtype), decodeElements(other.bytes, dtype))
        return DenseMatrix(dtype, rows, other.columns) { i, j in
            var sum: ElementValue = (0, 0)
            for p in 0..<columns {
                let (x, y) = (a[i * columns + p], b[p * other.columns + j])
                sum.re += x.re * y.re - x.im * y.im
                sum.im += x.re * y.im + x.im * y.re
            }
            return sum
        }
    }

    func applying(_ transposition: Transposition) -> DenseMatrix {
        let values = decodeElements(bytes, dtype)
        switch transposition {
        case .none: return self
        case .transpose: return DenseMatrix(dtype, columns, rows) { i, j in values[j * columns + i] }
        case .adjoint:
            return DenseMatrix(dtype, columns, rows) { i, j in
                (values[j * columns + i].re, -values[j * columns + i].im)
            }
        }
    }

    /// The largest difference between two elements; infinite where one is not a number.
    func distance(to other: DenseMatrix) -> Double {
        var largest = 0.0
        for (x, y) in zip(decodeElements(bytes, dtype), decodeElements(other.bytes, dtype)) {
            let difference = max(abs(x.re - y.re), abs(x.im - y.im))
            if !(difference <= largest) { largest = difference.isNaN ? .infinity : difference }
        }
        return largest
    }
}
