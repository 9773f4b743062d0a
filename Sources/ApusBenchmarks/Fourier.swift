import Apus

/// One transform: the shape as its benchmark's name and the peer have it.
private struct Transform: Sendable {
    let name: String
    let input: @Sendable () -> Tensor
    let call: @Sendable (Tensor) -> Tensor
}

private let transforms: [Transform] = [
    Transform(name: "rfft 1024x4096", input: { numbers([1024, 4096]) }) { $0.rfft() },
    Transform(name: "rfft2 4096x14x14", input: { numbers([4096, 14, 14]) }) { $0.rfft2() },
    Transform(name: "fft 1000x1000", input: { numbers([1000, 1000]).to(.complex64) }) { $0.fft() },
    Transform(name: "fft2 16x256x256", input: { numbers([16, 256, 256]).to(.complex64) }) { $0.fft2() },
    Transform(name: "fft 1009x1009", input: { numbers([1009, 1009]).to(.complex64) }) { $0.fft() },
]

/// Fourier transforms, forward and with their gradients.
let fourierTransforms: [Benchmark] = transforms.flatMap { transform in
    [
        Benchmark("\(transform.name) forward") {
            let x = transform.input()
            return { consume(transform.call(x)) }
        },
        Benchmark("\(transform.name) and gradients") {
            let x = transform.input()
            let seed = transform.call(x)
            return {
                let leaf = x.requiringGradient()
                transform.call(leaf).backward(seed)
                consume(leaf.grad)
            }
        },
    ]
}
