import Apus

/// Normalisation of images, with channels last in memory.
let normalization: [Benchmark] = [
    ("32x64x56x56", [32, 56, 56, 64]), ("32x256x14x14", [32, 14, 14, 256]),
].flatMap { name, shape in
    [
        Benchmark("batch norm+ReLU \(name)") {
            let (x, weight, bias) = (image(shape), numbers([shape[3]]), numbers([shape[3]]))
            return { consume(x.batchNorm(weight: weight, bias: bias, activation: .relu)) }
        },
        Benchmark("batch norm+ReLU and gradient \(name)") {
            let leaves = [image(shape), numbers([shape[3]]), numbers([shape[3]])].map {
                $0.requiringGradient()
            }
            let upstream = image(shape)
            return {
                let y = leaves[0].batchNorm(weight: leaves[1], bias: leaves[2], activation: .relu)
                consume(gradient(of: y, at: leaves, upstream: upstream))
            }
        },
        Benchmark("channel layer norm \(name)") {
            let (x, weight, bias) = (image(shape), numbers([shape[3]]), numbers([shape[3]]))
            return { consume(x.channelLayerNorm(weight: weight, bias: bias)) }
        },
        Benchmark("group norm and gradient \(name)") {
            let leaves = [image(shape), numbers([shape[3]]), numbers([shape[3]])].map {
                $0.requiringGradient()
            }
            let upstream = image(shape)
            return {
                let y = leaves[0].groupNorm(groups: 32, weight: leaves[1], bias: leaves[2])
                consume(gradient(of: y, at: leaves, upstream: upstream))
            }
        },
    ]
}

/// - Parameter shape: in the order of memory, channels last.
private func image(_ shape: Shape) -> Tensor { numbers(shape).permute([0, 3, 1, 2]) }
