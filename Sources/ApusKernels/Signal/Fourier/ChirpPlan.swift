import ApusKernelBase
import ApusCore

/// The length of the convolution for n points: the shortest that is long enough, of a few kinds that are fast to
/// transform.
func convolutionLength(_ n: Int) -> Int {
    [1, 3, 5, 9, 15].map { factor in
        var m = factor
        while m < 2 * n - 1 { m *= 2 }
        return m
    }.min()!
}

/// exp(-πi·k²/n) for k in 0..<n, and the transform of its conjugate, wrapped round m points and divided by m:
/// what turns a transform of n points into a convolution of m, at least 2n - 1 (Bluestein 1970).
func chirps<T: LaneScalar>(_ n: Int, _ m: Int) -> (
    chirp: UnsafeMutablePointer<T>, spectrum: UnsafeMutablePointer<T>
) {
    typealias Wide = SIMD8<Double>
    let chirp = UnsafeMutablePointer<T>.allocate(capacity: 2 * n)
    let spectrum = UnsafeMutablePointer<T>.allocate(capacity: 2 * m)
    // Transformed in double precision whatever the type.
    let wave = [Double](unsafeUninitializedCapacity: 2 * m) { wave, count in
        wave.initialize(repeating: 0)
        for k in 0..<n {
            let root = unitRoot(k * k % (2 * n), 2 * n)
            putRoot(root, chirp, k)
            for index in [k, (m - k) % m] {
                wave[2 * index] = root.re / Double(m)
                wave[2 * index + 1] = -root.im / Double(m)
            }
        }
        count = 2 * m
    }
    if let plan = RowPlan<Wide>.of(m) {
        let scratch = Storage(byteCount: plan.matrixCount * MemoryLayout<Wide>.size)
        var result = wave
        result.withUnsafeMutableBufferPointer { buffer in
            plan.transformAlone(
                .interleaved(buffer.baseAddress!), .interleaved(buffer.baseAddress!), isSwapped: false,
                scale: 1,
                scratch.pointer.assumingMemoryBound(to: Wide.self))
        }
        withExtendedLifetime(scratch) {}
        for k in 0..<m { putRoot((result[2 * k], result[2 * k + 1]), spectrum, k) }
    } else {
        let plan = LanePlan<Wide>.of(m)
        let scratch = UnsafeMutablePointer<Wide>.allocate(capacity: 4 * m)
        defer { scratch.deallocate() }
        for k in 0..<(2 * m) { scratch[k] = Wide(repeating: wave[k]) }
        let result = plan.steps.transform(scratch, scratch + 2 * m, inner: 1, chirpScratch: nil)
        for k in 0..<m { putRoot((result[2 * k][0], result[2 * k + 1][0]), spectrum, k) }
        withExtendedLifetime(plan) {}
    }
    return (chirp, spectrum)
}

/// A long sequence whose length has large prime factors, as a convolution.
final class ChirpPlan<V: LaneVector>: @unchecked Sendable {
    typealias Scalar = V.Scalar

    let length: Int
    let padded: RowPlan<V>
    let chirp: UnsafeMutablePointer<Scalar>
    let spectrum: UnsafeMutablePointer<Scalar>

    /// Nil for lengths whose convolution is too short for a `RowPlan`.
    static func of(_ n: Int) -> ChirpPlan? {
        let m = convolutionLength(n)
        guard let padded = RowPlan<V>.of(m) else { return nil }
        return plan(n) { ChirpPlan(n, padded) }
    }

    private init(_ n: Int, _ padded: RowPlan<V>) {
        length = n
        self.padded = padded
        (chirp, spectrum) = chirps(n, padded.length)
    }

    deinit {
        chirp.deallocate()
        spectrum.deallocate()
    }

    /// Transforms `length` complex numbers at `x`, where there must be room for as many as the padded length.
    func transform(_ x: UnsafeMutablePointer<Scalar>, _ matrix: UnsafeMutablePointer<V>) {
        let m = padded.length
        for k in 0..<length { Self.multiply(x + 2 * k, chirp + 2 * k) }
        (x + 2 * length).update(repeating: 0, count: 2 * (m - length))
        padded.transformAlone(.interleaved(x), .interleaved(x), isSwapped: false, scale: 1, matrix)
        for k in 0..<m { Self.multiply(x + 2 * k, spectrum + 2 * k) }
        padded.transformAlone(.interleaved(x), .interleaved(x), isSwapped: true, scale: 1, matrix)
        for k in 0..<length { Self.multiply(x + 2 * k, chirp + 2 * k) }
    }

    @inline(__always)
    private static func multiply(_ a: UnsafeMutablePointer<Scalar>, _ b: UnsafeMutablePointer<Scalar>) {
        let (re, im) = (a[0], a[1])
        a[0] = (re * b[0]).addingProduct(-im, b[1])
        a[1] = (re * b[1]).addingProduct(im, b[0])
    }
}
