/// Passes on the sums of the windows' squares, or throws where one of them is zero: the signal is divided by them.
private struct NonzeroSums: SingleResult {
    let name = "istft"
    let nFFT: Int
    let hop: Int
    let spectra: Shape

    struct ZeroError: Error, CustomStringConvertible {
        let description: String
    }

    func value(of inputs: [Tensor]) throws -> Tensor {
        if inputs[0].abs().min().item(as: Double.self) < 1e-11 {
            throw ZeroError(
                description: "the windows' squares add up to zero somewhere: frames of \(nFFT) samples, "
                    + "\(hop) apart, for shape \(spectra)")
        }
        return inputs[0].detach()
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// The inverse of the short-time Fourier transform: the frames are transformed back, weighted with the
    /// window once more, added up where they overlap and divided by the sum of the windows' squares.
    ///
    /// [K, frames] or [batch, K, frames] gives [.., samples]. As `torch.istft`; parameters as in
    /// ``stft(nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:file:line:)``. The windows'
    /// squares must nowhere add up to zero. Source: Griffin and Lim (1984).
    ///
    /// - Parameters:
    ///   - onesided: whether K = nFFT/2 + 1; by default where K is not nFFT.
    ///   - length: samples wanted; beyond the last frame they are zeros. By default what the frames
    ///     reach, without the nFFT/2 samples added at either end where `center`.
    ///   - returnComplex: a complex signal, from two-sided spectra.
    public func istft(
        nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true,
        normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if rank != 2 && rank != 3 || !dtype.isComplex || shape.contains(0) {
            fail(
                "istft", "takes complex [.., frequencies, frames], not \(dtype) of shape \(shape)", at: site)
        }
        let (frequencies, count) = (shape[rank - 2], shape[rank - 1])
        let isHalf = onesided ?? (frequencies != nFFT || nFFT == 1 && !returnComplex)
        if frequencies != (isHalf ? nFFT / 2 + 1 : nFFT) || isHalf && returnComplex {
            fail(
                "istft",
                "frames of \(nFFT) samples, \(isHalf ? "one" : "two")-sided, returnComplex \(returnComplex), "
                    + "do not have \(frequencies) frequencies (shape \(shape))", at: site)
        }
        let hop = hopLength ?? nFFT / 4
        let weights =
            frameWindow("istft", window, length: winLength, nFFT: nFFT, hop: hop, dtype: dtype, at: site)
            ?? onItsDevice { .ones([nFFT], dtype: dtype.realType) }
        let norm: FourierNorm = normalized ? .ortho : .backward
        var spectra = transpose()
        // A real signal follows from half of its spectrum: the other half is not looked at.
        if !isHalf && !returnComplex { spectra = spectra.narrow(axis: -1, start: 0, count: nFFT / 2 + 1) }
        let frames = returnComplex ? spectra.ifft(norm: norm) : spectra.irfft(n: nFFT, norm: norm)
        let reach = nFFT.addingClamped(hop.multipliedClamped(by: count - 1))
        Tensor.checkShape([reach], "istft", site)
        let sum = (frames * weights).overlapAdded(
            axis: rank - 2, step: hop, to: Array(shape.dropLast(2)) + [reach])
        let squares = (weights * weights).reshape([1, nFFT]).broadcast(to: [count, nFFT])
            .overlapAdded(axis: 0, step: hop, to: [reach])
        let start = center ? nFFT / 2 : 0
        let end = Swift.min(
            length.map { start.addingClamped($0) } ?? (center ? reach - nFFT / 2 : reach), reach)
        if end <= start {
            fail("istft", "no samples are left of frames of shape \(shape)", at: site)
        }
        let divisor = Tensor.apply(
            NonzeroSums(nFFT: nFFT, hop: hop, spectra: shape),
            to: [squares.narrow(axis: 0, start: start, count: end - start)], at: site)
        let signal = sum.narrow(axis: -1, start: start, count: end - start) / divisor
        let missing = (length ?? 0).subtractingClamped(end - start)
        return missing > 0 ? signal.padded([(0, missing)], "istft", site) : signal
    }
}

extension Operation {
    static let istft = Operation(
        "istft", dtypes: [.complex64, .complex128],
        [
            Sample(
                "torch.istft(x, 8, 3, 7, torch.hamming_window(7, dtype=torch.float64))",
                [Input([2, 5, 4])]
            ) {
                $0[0].istft(
                    nFFT: 8, hopLength: 3, winLength: 7,
                    window: .hammingWindow(7, dtype: .float64).to($0[0].device))
            },
            Sample("torch.istft(x, 6, 2, normalized=True, onesided=False, length=9)", [Input([6, 5])]) {
                $0[0].istft(nFFT: 6, hopLength: 2, normalized: true, onesided: false, length: 9)
            },
            Sample(
                "torch.istft(x, 6, 2, center=False, onesided=False, return_complex=True)", [Input([6, 3])]
            ) { $0[0].istft(nFFT: 6, hopLength: 2, center: false, onesided: false, returnComplex: true) },
        ])
}
