import Apus

/// What complex networks do beside convolutions and products; images lie channels last.
let complexNetworks: [Benchmark] =
    [("16x64x28x28", [16, 64, 28, 28]), ("64x500", [64, 500])].flatMap { name, shape -> [Benchmark] in
        [
            Benchmark("complex batch norm \(name)") {
                let (x, weight, bias) = normInputs(shape)
                return { consume(x.complexBatchNorm(weight: weight, bias: bias)) }
            },
            Benchmark("complex batch norm and gradient \(name)") {
                let (x, weight, bias) = normInputs(shape)
                let leaves = [x, weight, bias].map { $0.requiringGradient() }
                let upstream = complexImage(shape)
                return {
                    let y = leaves[0].complexBatchNorm(weight: leaves[1], bias: leaves[2])
                    consume(gradient(of: y, at: leaves, upstream: upstream))
                }
            },
        ]
    }
    + calls.map { name, call in
        Benchmark("\(name) and gradient 64x10x24x24") {
            let x = complexImage([64, 10, 24, 24])
            let seed = call(x)
            return {
                let leaf = x.requiringGradient()
                call(leaf).backward(seed)
                consume(leaf.grad)
            }
        }
    }

private let calls: [(name: String, call: @Sendable (Tensor) -> Tensor)] = [
    ("CReLU", { $0.crelu() }), ("modReLU", { $0.modReLU(bias: Tensor([Float(-0.5)])) }),
    ("complex dropout", { $0.dropout(0.3) }), ("complex max pool 2x2", { $0.complexMaxPool2d(2) }),
    ("complex layer norm", { $0.complexLayerNorm(lastAxes: 2) }),
]

private func normInputs(_ shape: Shape) -> (x: Tensor, weight: Tensor, bias: Tensor) {
    (complexImage(shape), numbers([shape[1], 3]), complexNumbers([shape[1]]))
}

private func complexNumbers(_ shape: Shape) -> Tensor { numbers(shape + [2]).viewAsComplex() }

private func complexImage(_ shape: Shape) -> Tensor {
    if shape.count == 2 { return complexNumbers(shape) }
    let axes = [0, shape.count - 1] + Array(1..<(shape.count - 1))
    return complexNumbers([shape[0]] + Array(shape[2...]) + [shape[1]]).permute(axes)
}
