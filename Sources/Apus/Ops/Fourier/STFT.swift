extension Tensor {
    /// The short-time Fourier transform: the spectrum of each of many overlapping stretches of a signal.
    ///
    /// [L] or [batch, L] gives complex [.., K, frames], K = nFFT/2 + 1 frequencies, or nFFT if not
    /// `onesided`: X[k, m] = Σⱼ w[j]·x[m·hop + j]·exp(-2πi·jk/nFFT). As `torch.stft`.
    ///
    /// - Parameters:
    ///   - nFFT: samples in a frame.
    ///   - hopLength: samples between the starts of two frames, nFFT/4 by default.
    ///   - winLength: samples of a frame that the window covers, in its middle; nFFT by default.
    ///   - window: as many numbers as `winLength`; ones by default.
    ///   - center: whether frame m is centred on sample m·hop; the signal is continued by nFFT/2 samples at
    ///     both ends.
    ///   - padMode: how it is continued.
    ///   - normalized: divides by √nFFT.
    ///   - onesided: leaves out what follows from symmetry; by default where signal and window are real.
    public func stft(
        nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true,
        padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if rank != 1 && rank != 2 {
            fail("stft", "takes [samples] or [batch, samples], not shape \(shape)", at: site)
        }
        let hop = hopLength ?? nFFT / 4
        var x = promoted(by: .function)
        let window = frameWindow(
            "stft", window, length: winLength, nFFT: nFFT, hop: hop, dtype: x.dtype, at: site)
        let isComplex = dtype.isComplex || window?.dtype.isComplex == true
        if isComplex && onesided == true {
            fail(
                "stft",
                "a complex signal or window has no symmetric spectrum; leave out onesided (shape \(shape))",
                at: site)
        }
        if center { x = x.padded([(nFFT / 2, nFFT / 2)], mode: padMode, "stft", site) }
        if x.shape[x.rank - 1] < nFFT {
            fail("stft", "frames of \(nFFT) samples do not fit in a signal of shape \(shape)", at: site)
        }
        var frames = x.unfold(axis: -1, size: nFFT, step: hop)
        if let window { frames = frames * window }
        let norm: FourierNorm = normalized ? .ortho : .backward
        return (onesided ?? !isComplex ? frames.rfft(norm: norm) : frames.fft(norm: norm)).transpose()
    }

    /// The window at the length of a frame of this signal, zeros around it; nil for ones.
    func frameWindow(
        _ operation: String, _ window: Tensor?, length winLength: Int?, nFFT: Int, hop: Int, dtype: DType,
        at site: CallSite
    ) -> Tensor? {
        let length = winLength ?? nFFT
        if nFFT < 1 || hop < 1 || length < 1 || length > nFFT {
            fail(
                operation, "frames of \(nFFT) samples, \(hop) apart, with a window of \(length)", at: site)
        }
        if let window, window.shape != [length] {
            fail(operation, "the window has shape \(window.shape), not [\(length)]", at: site)
        }
        if window == nil && length == nFFT { return nil }
        Tensor.checkShape([nFFT], operation, site)
        let before = (nFFT - length) / 2
        return (window ?? onItsDevice { .ones([length], dtype: dtype.realType) })
            .padded([(before, nFFT - length - before)], operation, site)
    }
}

extension Operation {
    static let stft = Operation(
        "stft",
        [
            Sample(
                "torch.stft(x.real, 8, 3, 6, torch.hann_window(6, dtype=torch.float64), return_complex=True)",
                [Input([2, 13])]
            ) {
                $0[0].real.stft(
                    nFFT: 8, hopLength: 3, winLength: 6,
                    window: .hannWindow(6, dtype: .float64).to($0[0].device))
            },
            Sample(
                "torch.stft(x, 5, 2, center=False, normalized=True, onesided=False, return_complex=True)",
                [Input([12])]
            ) { $0[0].stft(nFFT: 5, hopLength: 2, center: false, normalized: true, onesided: false) },
            Sample(
                "torch.stft(x.real, 8, pad_mode='constant', window=y.real, return_complex=True)",
                [Input([2, 9]), Input([8])]
            ) { $0[0].real.stft(nFFT: 8, window: $0[1].real, padMode: .constant(0)) },
        ])
}
