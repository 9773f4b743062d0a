import ApusCore
import ApusKernels

/// A matrix product with its operands, what `MatrixKernels` makes of it and what the definition says.
struct ProductProblem: Sendable {
    typealias Value = ElementValue

    let dtype: DType
    let batch: Int
    let m: Int
    let n: Int
    let k: Int
    let a: Matrices
    let b: Matrices
    let bias: [UInt8]
    let start: [UInt8]
    let hasBias: Bool
    let relu: Bool
    let accumulate: Bool
    let conjugatesA: Bool
    let conjugatesB: Bool

    struct Matrices: Sendable {
        let bytes: [UInt8]
        let rowStride: Int
        let columnStride: Int
        let batchStride: Int
    }

    init(
        _ dtype: DType, batch: Int, m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool, gap: Int = 0,
        broadcastA: Bool = false, broadcastB: Bool = false, hasBias: Bool = false, relu: Bool = false,
        accumulate: Bool = false, conjugatesA: Bool = false, conjugatesB: Bool = false
    ) {
        self.dtype = dtype
        (self.batch, self.m, self.n, self.k) = (batch, m, n, k)
        (self.hasBias, self.relu, self.accumulate) = (hasBias, relu, accumulate)
        (self.conjugatesA, self.conjugatesB) = (conjugatesA, conjugatesB)
        var random = SplitMix(state: UInt64(m * 31 + n * 17 + k))
        func matrices(_ rows: Int, _ columns: Int, _ transposed: Bool, _ broadcast: Bool) -> Matrices {
            let run = (transposed ? rows : columns) + gap
            let size = run * (transposed ? columns : rows)
            return Matrices(
                bytes: encodeElements((0..<max(batch, 1) * size).map { _ in random.value(dtype) }, dtype),
                rowStride: transposed ? 1 : run, columnStride: transposed ? run : 1,
                batchStride: broadcast ? 0 : size)
        }
        a = matrices(m, k, transposeA, broadcastA)
        b = matrices(k, n, transposeB, broadcastB)
        bias = encodeElements((0..<n).map { _ in random.value(dtype) }, dtype)
        start = encodeElements((0..<batch * m * n).map { _ in random.value(dtype) }, dtype)
    }

    /// The bytes of C.
    func run() -> [UInt8] {
        var c = start
        a.bytes.withUnsafeBytes { aBytes in
            b.bytes.withUnsafeBytes { bBytes in
                bias.withUnsafeBytes { bias in
                    c.withUnsafeMutableBytes { c in
                        // An empty array has no address; the kernel does not look at one of an empty operand.
                        let nowhere = UnsafeMutableRawPointer(bitPattern: 64)!
                        MatrixKernels.multiplyBatched(
                            dtype, batch: batch, m: m, n: n, k: k,
                            a: aBytes.baseAddress ?? UnsafeRawPointer(nowhere), aRowStride: a.rowStride,
                            aColumnStride: a.columnStride, aBatchStride: a.batchStride,
                            b: bBytes.baseAddress ?? UnsafeRawPointer(nowhere), bRowStride: b.rowStride,
                            bColumnStride: b.columnStride, bBatchStride: b.batchStride,
                            c: c.baseAddress ?? nowhere, cBatchStride: m * n,
                            conjugatesA: conjugatesA, conjugatesB: conjugatesB,
                            bias: hasBias ? bias.baseAddress : nil, relu: relu, accumulate: accumulate)
                    }
                }
            }
        }
        return c
    }

    func expected() -> [Value] {
        let (a, b) = (values(self.a.bytes), values(self.b.bytes))
        let (bias, start) = (values(self.bias), values(self.start))
        var result: [Value] = []
        for item in 0..<batch {
            for i in 0..<m {
                for j in 0..<n {
                    var sum: Value = accumulate ? start[(item * m + i) * n + j] : (0, 0)
                    for p in 0..<k {
                        var x = a[item * self.a.batchStride + i * self.a.rowStride + p * self.a.columnStride]
                        var y = b[item * self.b.batchStride + p * self.b.rowStride + j * self.b.columnStride]
                        if conjugatesA { x.im = -x.im }
                        if conjugatesB { y.im = -y.im }
                        sum.re += x.re * y.re - x.im * y.im
                        sum.im += x.re * y.im + x.im * y.re
                    }
                    if hasBias { sum = (sum.re + bias[j].re, sum.im + bias[j].im) }
                    if relu { sum.re = max(sum.re, 0) }
                    if dtype == .bool { sum.re = min(sum.re, 1) }
                    if dtype == .uint8 { sum.re = sum.re.truncatingRemainder(dividingBy: 256) }
                    result.append(sum)
                }
            }
        }
        return result
    }

    /// Operands are at most 1 (integers 100): the error of a sum of `k` products, rounded to the type.
    var tolerance: Double {
        switch dtype {
        case .float16: 0.002 * (2 + Double(k).squareRoot())
        case .bfloat16: 0.016 * (2 + Double(k).squareRoot())
        default: 1e-6 * Double(k + 1)
        }
    }

    func values(_ bytes: [UInt8]) -> [Value] { decodeElements(bytes, dtype) }
}
