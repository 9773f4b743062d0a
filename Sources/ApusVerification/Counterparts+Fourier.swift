import Apus

private func norm(_ call: Call, _ position: Int? = nil) throws -> FourierNorm {
    switch try call.optionalString(position, "norm") ?? "backward" {
    case "backward": .backward
    case "ortho": .ortho
    case "forward": .forward
    case let other: throw Inexpressible("the norm \(other)")
    }
}

private func oneAxis(_ function: @escaping @Sendable (Tensor, Int?, Int, FourierNorm) -> Tensor)
    -> Counterpart
{
    { call in
        [function(try call.x, try call.optionalInt(1, "n"), try call.int(2, "dim", -1), try norm(call, 3))]
    }
}

private func twoAxes(_ function: @escaping @Sendable (Tensor, [Int]?, [Int], FourierNorm) -> Tensor)
    -> Counterpart
{
    { call in
        [
            function(
                try call.x, try call.optionalInts(1, "s"), try call.ints(2, "dim", [-2, -1]),
                try norm(call, 3))
        ]
    }
}

private func manyAxes(_ function: @escaping @Sendable (Tensor, [Int]?, [Int]?, FourierNorm) -> Tensor)
    -> Counterpart
{
    { call in
        [
            function(
                try call.x, try call.optionalInts(1, "s"), try call.optionalInts(2, "dim"), try norm(call, 3))
        ]
    }
}

let fourierCounterparts: [String: Counterpart] = [
    "fft.fft": oneAxis { $0.fft(n: $1, axis: $2, norm: $3) },
    "fft.ifft": oneAxis { $0.ifft(n: $1, axis: $2, norm: $3) },
    "fft.rfft": oneAxis { $0.rfft(n: $1, axis: $2, norm: $3) },
    "fft.irfft": oneAxis { $0.irfft(n: $1, axis: $2, norm: $3) },
    "fft.hfft": oneAxis { $0.hfft(n: $1, axis: $2, norm: $3) },
    "fft.ihfft": oneAxis { $0.ihfft(n: $1, axis: $2, norm: $3) },
    "fft.fft2": twoAxes { $0.fft2(s: $1, axes: $2, norm: $3) },
    "fft.ifft2": twoAxes { $0.ifft2(s: $1, axes: $2, norm: $3) },
    "fft.rfft2": twoAxes { $0.rfft2(s: $1, axes: $2, norm: $3) },
    "fft.irfft2": twoAxes { $0.irfft2(s: $1, axes: $2, norm: $3) },
    "fft.fftn": manyAxes { $0.fftn(s: $1, axes: $2, norm: $3) },
    "fft.ifftn": manyAxes { $0.ifftn(s: $1, axes: $2, norm: $3) },
    "fft.rfftn": manyAxes { $0.rfftn(s: $1, axes: $2, norm: $3) },
    "fft.irfftn": manyAxes { $0.irfftn(s: $1, axes: $2, norm: $3) },
    "fft.hfft2": twoAxes { $0.hfft2(s: $1, axes: $2, norm: $3) },
    "fft.ihfft2": twoAxes { $0.ihfft2(s: $1, axes: $2, norm: $3) },
    "fft.hfftn": manyAxes { $0.hfftn(s: $1, axes: $2, norm: $3) },
    "fft.ihfftn": manyAxes { $0.ihfftn(s: $1, axes: $2, norm: $3) },
    "fft.fftshift": { call in [try call.x.fftShift(axes: call.optionalInts(1, "dim"))] },
    "fft.ifftshift": { call in [try call.x.ifftShift(axes: call.optionalInts(1, "dim"))] },
    "stft": { call in
        let x = try call.x
        let n = try call.int(1, "n_fft")
        let padMode: PadMode
        switch try call.optionalString(nil, "pad_mode") ?? "reflect" {
        case "reflect": padMode = .reflect
        case "constant": padMode = .constant(0)
        case "replicate": padMode = .replicate
        case "circular": padMode = .circular
        case let other: throw Inexpressible("padding by \(other)")
        }
        let onesided = call.has(nil, "onesided") ? try call.bool(nil, "onesided") : nil
        let isComplex = try call.bool(nil, "return_complex", true)
        let result =
            x.stft(
                nFFT: n, hopLength: try call.optionalInt(2, "hop_length"),
                winLength: try call.optionalInt(3, "win_length"),
                window: try call.optionalTensor(4, "window"), center: try call.bool(nil, "center", true),
                padMode: padMode, normalized: try call.bool(nil, "normalized"), onesided: onesided)
        return [isComplex ? result : result.viewAsReal()]
    },
    "istft": { call in
        let x = try call.x
        let n = try call.int(1, "n_fft")
        let onesided = call.has(nil, "onesided") ? try call.bool(nil, "onesided") : nil
        return [
            x.istft(
                nFFT: n, hopLength: try call.optionalInt(2, "hop_length"),
                winLength: try call.optionalInt(3, "win_length"),
                window: try call.optionalTensor(4, "window"), center: try call.bool(nil, "center", true),
                normalized: try call.bool(nil, "normalized"), onesided: onesided,
                length: try call.optionalInt(nil, "length"),
                returnComplex: try call.bool(nil, "return_complex"))
        ]
    },
]
