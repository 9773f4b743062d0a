import Apus
import Testing

/// No random number lies outside the range it was asked from, in any type.
@Suite struct RandomRangeTests {
    static let types: [DType] = DType.realFloating + [.complex64, .complex128]
    static let ranges: [(low: Double, high: Double)] = [
        (0, 1), (-1, 1), (-1, 0), (0.7, 0.9), (-0.9, -0.7), (1.0 / 8, 1.0 / 3), (1, 1.01), (100, 101),
        (-3, 1e-3),
        (0, 1e-3), (-0.1, 0.1), (3, 1000), (-60000, 60000),
    ]

    static func parts(_ x: Tensor) -> [Double] {
        (x.dtype.isComplex ? x.viewAsReal() : x).array(of: Double.self)
    }

    @Test(arguments: types, ranges.indices)
    func uniformNeverReachesHigh(_ dtype: DType, _ index: Int) {
        let (low, high) = Self.ranges[index]
        let x = Tensor.uniform([100_000], low: low, high: high, dtype: dtype, using: RandomGenerator(seed: 1))
        let reals = (dtype.isComplex ? x.viewAsReal() : x)
        let exact = reals.to(.float64)
        let (least, greatest) = (exact.min().item(as: Double.self), exact.max().item(as: Double.self))
        #expect(least >= low && greatest < high)
        // Also where numbers are compared in the type.
        #expect((reals .< high).all().item(as: Bool.self) && (reals .>= low).all().item(as: Bool.self))
        // Both ends are reached as nearly as the type can.
        let step = dtype == .bfloat16 ? 0x1p-7 : dtype == .float16 ? 0x1p-10 : 1e-4
        let margin = 2 * step * max(abs(low), abs(high)) + 1e-4 * (high - low)
        #expect(least <= low + margin && greatest >= high - margin)
        let mean = exact.mean().item(as: Double.self)
        #expect(abs(mean - (low + high) / 2) < 4e-3 * (high - low) + step * max(abs(low), abs(high)))
    }

    /// Where a type has no number in a range, it is the nearest to its begin.
    @Test func anEmptyRangeIsItsBegin() {
        let x = Tensor.uniform([10], low: 1.001, high: 1.002, dtype: .bfloat16)
        #expect(x.array(of: Double.self).allSatisfy { $0 == 1 })
    }

    @Test func widthsMayOverflow() {
        for (dtype, most) in [
            (DType.float32, 3e38), (.bfloat16, 3e38), (.float64, 1.7e308), (.complex64, 3e38),
        ] {
            let x = Tensor.uniform(
                [100_000], low: -most, high: most, dtype: dtype, using: RandomGenerator(seed: 2))
            let values = Self.parts(x).map { $0 / most }
            #expect(values.allSatisfy { $0 >= -1 && $0 < 1 })
            #expect(abs(values.reduce(0, +) / Double(values.count)) < 0.02)
            #expect(abs(values.reduce(0) { $0 + $1 * $1 } / Double(values.count) - 1.0 / 3) < 0.02)
            #expect(Set(values).count > 100)
        }
    }

    @Test func numbersBeyondATypeAreRefused() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.uniform([2], high: 1e5, dtype: .float16)
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("uniform: float16 does not reach from 0.0 up to 100000.0"), "\(message)")
        await #expect(processExitsWith: .failure) { _ = Tensor.uniform([2], low: -.infinity) }
        await #expect(processExitsWith: .failure) { _ = Tensor.uniform([2], high: .nan) }
        await #expect(processExitsWith: .failure) { _ = Tensor.truncatedNormal([2], mean: .nan) }
    }

    @Test(arguments: DType.realFloating)
    func slopesStayInside(_ dtype: DType) {
        let generator = RandomGenerator(seed: 3)
        let slopes = -Tensor.full([100_000], -1.0, dtype: dtype).rrelu(using: generator)
        #expect(slopes.array(of: Double.self).allSatisfy { $0 >= 1.0 / 8 && $0 < 1.0 / 3 })
    }

    @Test(arguments: DType.realFloating)
    func truncatedNormalsStayInside(_ dtype: DType) {
        for (mean, std) in [(0.0, 1.0), (1, 0.5), (0.1, 0.3), (100, 0.7), (-3, 0.01), (5, 0)] {
            let x = Tensor.truncatedNormal(
                [100_000], mean: mean, std: std, dtype: dtype, using: RandomGenerator(seed: 4))
            let values = x.array(of: Double.self)
            let slack = std == 0 ? 1e-2 : 1e-12
            #expect(
                values.allSatisfy { $0 >= mean - 2 * std - slack && $0 <= mean + 2 * std + slack },
                "\(mean), \(std): \(values.min()!) ... \(values.max()!)")
        }
    }

    @Test(arguments: DType.realFloating + [.complex64])
    func integersStayInside(_ dtype: DType) {
        for (low, high) in [(0, 256), (0, 512), (-511, 511), (3000, 4097), ((1 << 24) - 5, (1 << 24) + 4)] {
            if dtype == .float16 && high > 65504 { continue }
            let x = Tensor.randomIntegers(
                [100_000], low: low, high: high, dtype: dtype, using: RandomGenerator(seed: 5))
            let values = (dtype.isComplex ? x.real : x).array(of: Double.self)
            #expect(values.allSatisfy { $0 >= Double(low) && $0 < Double(high) }, "\(low) ..< \(high)")
        }
    }

    /// What was right stays: these are numbers that earlier versions drew.
    @Test func float32DrawsStayAsTheyWere() {
        let x = Tensor.uniform([100], low: -1, high: 3, using: RandomGenerator(seed: 42))
        #expect(Array(x.array(of: Float.self).prefix(5)) == Self.drawn)
    }

    static let drawn: [Float] = [
        1.4518394470214844, 2.9508745670318604, 2.303467273712158, 1.9183969497680664, 0.30567240715026855,
    ]
}
