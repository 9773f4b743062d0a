import Testing
import _ApusTestSupport

@testable import Apus

@Suite struct FourierTests {
    static let lengths = Array(1...64) + [97, 101, 202, 243, 343, 1000, 1009, 2018, 4096]

    /// Random numbers of a type.
    private static func random(_ shape: Shape, _ dtype: DType, seed: UInt64 = 1) -> Tensor {
        let generator = RandomGenerator(seed: seed)
        let type = dtype.realType
        let real = Tensor.normal(shape, dtype: type, using: generator)
        return dtype.isComplex
            ? Tensor.complex(real: real, imaginary: Tensor.normal(shape, dtype: type, using: generator))
            : real
    }

    /// √(Σ|a - b|² / Σ|b|²)
    private static func error(_ a: Tensor, _ b: Tensor) -> Double {
        func squares(_ x: Tensor) -> Double {
            x.abs().to(.float64).square().sum().item(as: Double.self)
        }
        return a.shape == b.shape ? (squares(a - b) / squares(b)).squareRoot() : .infinity
    }

    private static func tolerance(_ dtype: DType) -> Double { dtype.realType == .float32 ? 1e-6 : 1e-14 }

    @Test(arguments: [DType.complex64, .complex128])
    func inverseUndoesForward(_ dtype: DType) {
        for n in Self.lengths {
            // Fewer sequences than lanes, and some more.
            for batch in [3, 21] {
                let x = Self.random([batch, n], dtype)
                #expect(Self.error(x.fft().ifft(), x) < Self.tolerance(dtype), "\(n)")
                #expect(
                    Self.error(x.real.contiguous().rfft().irfft(n: n), x.real) < Self.tolerance(dtype), "\(n)"
                )
            }
        }
    }

    @Test(arguments: [DType.complex64, .complex128])
    func energyIsKept(_ dtype: DType) {
        for n in Self.lengths {
            let x = Self.random([5, n], dtype)
            let energy = x.abs().to(.float64).square().sum().item(as: Double.self)
            let spectrum = x.fft(norm: .ortho).abs().to(.float64).square().sum().item(as: Double.self)
            #expect(abs(spectrum / energy - 1) < Self.tolerance(dtype), "\(n)")
        }
    }

    @Test func lengthsOfEveryKindEqualTheDefinition() {
        for n in Self.lengths where n <= 343 {
            let x = Self.random([2, n], .complex128)
            let product = Tensor.arange(n, dtype: .int64).reshape(n, 1) * Tensor.arange(n, dtype: .int64)
            let angle = (product % n).to(.float64) * (-2 * Double.pi / Double(n))
            let expected = x.matmul(Tensor.polar(abs: .ones([n, n], dtype: .float64), angle: angle))
            #expect(Self.error(x.fft(), expected) < 1e-12, "\(n)")
            let single = x.to(.complex64)
            #expect(Self.error(single.fft().to(.complex128), expected) < 1e-6, "\(n)")
        }
    }

    @Test func realAndComplexTransformsAgree() {
        for n in Self.lengths {
            let x = Self.random([19, n], .float64)
            let half = x.to(.complex128).fft().narrow(axis: 1, start: 0, count: n / 2 + 1)
            #expect(Self.error(x.rfft(), half) < 1e-13, "\(n)")
        }
        for shape in [[5, 14, 14], [3, 7, 9], [2, 5, 1], [40, 1, 6], [2, 3, 4, 5]] {
            let x = Self.random(shape, .float64)
            let axes = Array(1..<shape.count)
            let full = x.to(.complex128).fftn(axes: axes)
            let half = full.narrow(axis: -1, start: 0, count: shape.last! / 2 + 1)
            #expect(Self.error(x.rfftn(axes: axes), half) < 1e-13, "\(shape)")
            let back = x.rfftn(axes: axes).irfftn(s: Array(shape.dropFirst()), axes: axes)
            #expect(Self.error(back, x) < 1e-13, "\(shape)")
        }
    }

    @Test func linear() {
        for n in [12, 14, 53, 4096] {
            let (x, y) = (Self.random([4, n], .complex128), Self.random([4, n], .complex128, seed: 2))
            let factor = Complex<Double>(2, -3)
            #expect(Self.error((x * factor + y).fft(), x.fft() * factor + y.fft()) < 1e-13)
        }
    }

    @Test func shiftedSequencesHaveRotatedSpectra() {
        for (n, shift) in [(8, 3), (15, 4), (101, 7), (1000, 999)] {
            let x = Self.random([3, n], .complex128)
            let angles = Tensor.arange(n, dtype: .float64) * (-2 * Double.pi * Double(shift) / Double(n))
            let expected = x.fft() * Tensor.polar(abs: .ones([n], dtype: .float64), angle: angles)
            #expect(Self.error(x.roll(shift, axis: 1).fft(), expected) < 1e-12)
        }
    }

    /// Sizes that go axis by axis, and long sequences, which are cut up.
    @Test(arguments: [DType.float32, .float64])
    func largeTransformsInvert(_ dtype: DType) {
        let tolerance = Self.tolerance(dtype)
        for shape in [[2, 96, 130], [2, 130, 95], [3, 40, 12, 33]] {
            let x = Self.random(shape, dtype)
            let axes = Array(1..<shape.count)
            let s = Array(shape.dropFirst())
            #expect(Self.error(x.rfftn(axes: axes).irfftn(s: s, axes: axes), x) < tolerance, "\(shape)")
            let whole = x.to(dtype.complexType).fftn(axes: axes)
            let half = whole.narrow(axis: -1, start: 0, count: shape.last! / 2 + 1)
            #expect(Self.error(x.rfftn(axes: axes), half) < tolerance, "\(shape)")
            #expect(Self.error(whole.ifftn(axes: axes).real, x) < tolerance, "\(shape)")
        }
        for n in [1 << 14, 30_000, 65_536, 100_003, 2 * 50_021, 177_147] {
            let x = Self.random([n], dtype)
            let spectrum = x.rfft()
            #expect(Self.error(spectrum.irfft(n: n), x) < tolerance, "\(n)")
            // One coefficient by its definition.
            let k = n / 3
            let angles = (Tensor.arange(n) * k % n).to(.float64) * (-2 * Double.pi / Double(n))
            let wave = Tensor.polar(abs: .ones([n], dtype: .float64), angle: angles)
            let expected = (wave * x.to(.complex128)).sum()
            #expect(Self.error(spectrum[k].to(.complex128), expected) < 100 * tolerance, "\(n)")
            #expect(Self.error(x.to(dtype.complexType).fft()[k].to(.complex128), expected) < 100 * tolerance)
            #expect(Self.error(x.to(dtype.complexType).fft().ifft().real, x) < tolerance, "\(n)")
        }
    }

    @Test func orderOfMemoryDoesNotMatter() {
        let x = Self.random([3, 6, 10, 37], .float64)
        let expected = x.rfft2(axes: [1, 2])
        let permuted = x.permute(0, 3, 1, 2).contiguous()
        #expect(Self.error(permuted.rfft2().permute(0, 2, 3, 1), expected) < 1e-14)
        // Channels last in memory stays so.
        let viewed = x.permute(0, 3, 1, 2).rfft2()
        #expect(viewed.permute(0, 2, 3, 1).isContiguous)
        #expect(Self.error(viewed.permute(0, 2, 3, 1), expected) < 1e-14)
        for axis in 0..<4 {
            let moved = x.moveAxis(from: axis, to: 3).contiguous().rfft().moveAxis(from: 3, to: axis)
            #expect(Self.error(x.rfft(axis: axis), moved) < 1e-14)
        }
    }

    @Test func longColumnsEqualLongRows() {
        for (n, inner) in [(3000, 20), (9000, 17), (4096, 3), (5003, 2)] {
            let x = Self.random([n, inner], .complex128)
            let expected = x.transpose().contiguous().fft().transpose()
            #expect(Self.error(x.fft(axis: 0), expected) < 1e-13, "\(n)")
            #expect(
                Self.error(x.real.contiguous().rfft(axis: 0).irfft(n: n, axis: 0), x.real) < 1e-13, "\(n)")
        }
    }

    /// The same bits with one thread and with two.
    @Test func threadCountChangesNothing() {
        for (shape, axes) in [
            ([40, 4096], [1]), ([300, 14, 14], [1, 2]), ([2, 96, 130], [1, 2]), ([1, 30_000], [1]),
            ([1, 20_011], [1]), ([700, 64], [0]), ([500, 53], [1]),
        ] {
            let x = Self.random(shape, .float32)
            let results = [1, 2].map { count in
                withThreads(count) {
                    let spectrum = x.rfftn(axes: axes)
                    return spectrum.viewAsReal().array(of: Float.self)
                        + spectrum.irfftn(s: axes.map { shape[$0] }, axes: axes).array(of: Float.self)
                }
            }
            #expect(results[0] == results[1], "\(shape)")
        }
    }

    @Test func emptyBatchesGiveEmptyResults() {
        #expect(Tensor.zeros([0, 8]).rfft().shape == [0, 5])
        #expect(Tensor.zeros([0, 8], dtype: .complex64).fft().shape == [0, 8])
        #expect(Tensor.zeros([0, 5], dtype: .complex64).irfft().shape == [0, 8])
        #expect(Tensor.zeros([3, 0]).rfft(n: 4).array(of: Complex<Float>.self).allSatisfy { $0 == 0 })
    }

    @Test func typesAreAsInPyTorch() {
        #expect(Tensor([1, 2, 3]).rfft().dtype == .complex64)
        #expect(Tensor.ones([4], dtype: .bfloat16).fft().dtype == .complex64)
        #expect(Tensor.ones([4], dtype: .float64).fft().dtype == .complex128)
        #expect(Tensor.ones([4]).irfft().dtype == .float32)
    }

    @Test func shortTimeTransformIsInverted() {
        let x = Self.random([3, 400], .float64)
        for (nFFT, hop, length, normalized) in [(64, 16, 64, false), (50, 10, 40, true), (33, 8, 33, false)] {
            let window = Tensor.hannWindow(length, dtype: .float64)
            let spectra = x.stft(
                nFFT: nFFT, hopLength: hop, winLength: length, window: window, normalized: normalized)
            #expect(spectra.shape == [3, nFFT / 2 + 1, 1 + (400 + nFFT / 2 * 2 - nFFT) / hop])
            let back = spectra.istft(
                nFFT: nFFT, hopLength: hop, winLength: length, window: window, normalized: normalized,
                length: 400)
            #expect(Self.error(back, x) < 1e-13)
        }
    }

    @Test func toneStandsAtItsFrequency() {
        let tone = (Tensor.arange(256, dtype: .float64) * (2 * Double.pi * 20 / 256)).cos()
        let spectrum = tone.rfft().abs()
        #expect(spectrum.argmax().item(as: Int.self) == 20)
        #expect(
            Tensor.rfftFrequencies(256, spacing: 1 / 256.0, dtype: .float64)[20].item(as: Double.self) == 20)
        let centered = Tensor.fftFrequencies(8, spacing: 1 / 8.0).fftShift()
        #expect(centered.array(of: Float.self) == [-4, -3, -2, -1, 0, 1, 2, 3])
        #expect(centered.ifftShift().array(of: Float.self) == [0, 1, 2, 3, -4, -3, -2, -1])
    }

    @Test func badInputIsNamed() async throws {
        func text(_ result: ExitTest.Result?) -> String {
            String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        }
        let axis = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).fft(axis: 2)
        }
        #expect(text(axis).contains("fft: axis 2 is outside a tensor of shape [2, 3]"))
        let length = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).rfft(n: 0)
        }
        #expect(text(length).contains("rfft: 0 points along axis 1 of shape [2, 3]"))
        let complex = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3], dtype: .complex64).rfft2()
        }
        #expect(text(complex).contains("rfft2: takes real numbers, not complex64 of shape [2, 3]"))
        let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 0]).ifft()
        }
        #expect(text(empty).contains("ifft: 0 points along axis 1 of shape [2, 0]"))
        let twice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).fftn(axes: [1, -1])
        }
        #expect(text(twice).contains("fftn: an axis is given twice"))
        let single = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 1], dtype: .complex64).irfft()
        }
        #expect(text(single).contains("irfft: 0 points along axis 1 of shape [2, 1]"))
        let sizes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).fftn(s: [2], axes: [0, 1])
        }
        #expect(text(sizes).contains("fftn: 1 sizes do not go with axes [0, 1] of shape [2, 3]"))
        let frames = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([8], dtype: .complex64).reshape(4, 2).istft(nFFT: 6, hopLength: 12)
        }
        #expect(text(frames).contains("istft: the windows' squares add up to zero"))
    }
}
