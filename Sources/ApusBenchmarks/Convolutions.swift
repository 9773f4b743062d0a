import Apus

/// One convolution: sizes as its benchmark's name and the peer have them.
private struct Convolution: Sendable {
    let name: String
    let input: Shape
    let weight: Shape
    /// Where the kernel is laid on an image: positions of the result, of a transposed one those of the input.
    let positions: Int
    /// Whether it stands first in a network: its input needs no gradient.
    var isFirst = false
    let call: @Sendable (Tensor, Tensor) -> Tensor

    init(
        _ name: String, _ input: Shape, _ weight: Shape, at positions: Int, isFirst: Bool = false,
        _ call: @escaping @Sendable (Tensor, Tensor) -> Tensor
    ) {
        self.name = name
        self.input = input
        self.weight = weight
        self.positions = positions
        self.isFirst = isFirst
        self.call = call
    }
}

extension Convolution {
    /// Multiplications and additions of the direct sum; filtering by Winograd's way needs fewer.
    fileprivate var operations: Int { 2 * input[0] * positions * weight.reduce(1, *) }
}

private let kinds: [Convolution] = [
    Convolution("3x3 64 56", [16, 64, 56, 56], [64, 64, 3, 3], at: 56 * 56) { $0.conv2d($1, padding: 1) },
    Convolution("3x3 256 14", [16, 256, 14, 14], [256, 256, 3, 3], at: 14 * 14) { $0.conv2d($1, padding: 1) },
    Convolution("7x7 s2 3-64 224", [16, 3, 224, 224], [64, 3, 7, 7], at: 112 * 112, isFirst: true) {
        $0.conv2d($1, stride: 2, padding: 3)
    },
    Convolution("4x4 s4 3-64 224", [16, 3, 224, 224], [64, 3, 4, 4], at: 56 * 56, isFirst: true) {
        $0.conv2d($1, stride: 4)
    },
    Convolution("1x1 64-256 56", [16, 64, 56, 56], [256, 64, 1, 1], at: 56 * 56) { $0.conv2d($1) },
    Convolution("depthwise 7x7 128 28", [16, 128, 28, 28], [128, 1, 7, 7], at: 28 * 28) {
        $0.conv2d($1, padding: 3, groups: 128)
    },
    Convolution("depthwise 3x3 144 56", [16, 144, 56, 56], [144, 1, 3, 3], at: 56 * 56) {
        $0.conv2d($1, padding: 1, groups: 144)
    },
    Convolution("5x5 1-10 28", [64, 1, 28, 28], [10, 1, 5, 5], at: 24 * 24, isFirst: true) { $0.conv2d($1) },
    Convolution("transposed 4x4 s2 64-32 28", [16, 64, 28, 28], [64, 32, 4, 4], at: 28 * 28) {
        $0.convTranspose2d($1, stride: 2, padding: 1)
    },
    Convolution("dilated 3x3 d4 64 28", [16, 64, 28, 28], [64, 64, 3, 3], at: 28 * 28) {
        $0.conv2d($1, padding: 4, dilation: 4)
    },
    Convolution("grouped 3x3 g32 256 28", [16, 256, 28, 28], [256, 8, 3, 3], at: 28 * 28) {
        $0.conv2d($1, padding: 1, groups: 32)
    },
    Convolution("conv1d 5 64 1024", [16, 64, 1024], [64, 64, 5], at: 1024) { $0.conv1d($1, padding: 2) },
    Convolution("conv3d 3x3x3 32 16", [4, 32, 16, 16, 16], [32, 32, 3, 3, 3], at: 16 * 16 * 16) {
        $0.conv3d($1, padding: 1)
    },
]

/// Each kind of convolution, forward and with its gradients.
let convolutions: [Benchmark] = kinds.flatMap { kind in
    [
        Benchmark("\(kind.name) forward", work: .operations(kind.operations)) {
            let (x, weight) = (channelsLastNumbers(kind.input), numbers(kind.weight))
            return { consume(kind.call(x, weight)) }
        },
        Benchmark(
            "\(kind.name) and gradients", work: .operations((kind.isFirst ? 2 : 3) * kind.operations)
        ) {
            let (x, weight) = (channelsLastNumbers(kind.input), numbers(kind.weight))
            let seed = kind.call(x, weight)
            return {
                let leaf = weight.requiringGradient()
                let input = kind.isFirst ? x : x.requiringGradient()
                kind.call(input, leaf).backward(seed)
                consume((leaf.grad, input.grad))
            }
        },
    ]
}
