import Apus

/// One pooling or upsampling: its input as its benchmark's name and the peer have it.
private struct Resampling: Sendable {
    let name: String
    let input: Shape
    let call: @Sendable (Tensor) -> Tensor

    init(_ name: String, _ input: Shape, _ call: @escaping @Sendable (Tensor) -> Tensor) {
        self.name = name
        self.input = input
        self.call = call
    }
}

private let kinds: [Resampling] = [
    Resampling("max pool 3x3 s2 64 112", [16, 64, 112, 112]) { $0.maxPool2d(3, stride: 2, padding: 1) },
    Resampling("max pool 2x2 256 28", [16, 256, 28, 28]) { $0.maxPool2d(2) },
    Resampling("max pool 2x2 8 26", [128, 8, 26, 26]) { $0.maxPool2d(2) },
    Resampling("average pool 2x2 256 28", [16, 256, 28, 28]) { $0.avgPool2d(2) },
    Resampling("average pool 3x3 s1 64 56", [16, 64, 56, 56]) { $0.avgPool2d(3, stride: 1, padding: 1) },
    Resampling("global average 512 7", [32, 512, 7, 7]) { $0.globalAvgPool() },
    Resampling("max pool 1d 4 64 1024", [16, 64, 1024]) { $0.maxPool1d(4) },
    Resampling("max pool 3d 2 32 16", [4, 32, 16, 16, 16]) { $0.maxPool3d(2) },
    Resampling("nearest x2 64 56", [16, 64, 56, 56]) { $0.interpolate(scale: 2) },
    Resampling("bilinear x2 64 56", [16, 64, 56, 56]) { $0.interpolate(scale: 2, mode: .bilinear) },
    Resampling("bilinear x2 3 112", [16, 3, 112, 112]) { $0.interpolate(scale: 2, mode: .bilinear) },
    Resampling("bicubic x2 64 28", [16, 64, 28, 28]) { $0.interpolate(scale: 2, mode: .bicubic) },
    Resampling("pixel shuffle 2 256 28", [16, 256, 28, 28]) { $0.pixelShuffle(2) },
]

/// Each kind of pooling and upsampling, forward and with its gradient.
let pooling: [Benchmark] = kinds.flatMap { kind in
    [
        Benchmark("\(kind.name) forward") {
            let x = channelsLastNumbers(kind.input)
            return { consume(kind.call(x)) }
        },
        Benchmark("\(kind.name) and gradient") {
            let x = channelsLastNumbers(kind.input)
            let seed = kind.call(x)
            return {
                let leaf = x.requiringGradient()
                kind.call(leaf).backward(seed)
                consume(leaf.grad)
            }
        },
    ]
}
