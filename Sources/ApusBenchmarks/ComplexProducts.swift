import Apus

/// Complex numbers, each part in -2..<2, the same in every run.
private func complexNumbers(_ shape: Shape) -> Tensor { numbers(shape + [2]).viewAsComplex() }

/// Complex images as an earlier layer would have left them: channels last.
private func complexImages(_ shape: Shape) -> Tensor {
    let axes = [0, shape.count - 1] + Array(1..<(shape.count - 1))
    return complexNumbers([shape[0]] + Array(shape[2...]) + [shape[1]]).permute(axes)
}

private func both(
    _ name: String, _ x: @escaping @Sendable () -> Tensor, _ weight: Shape,
    _ call: @escaping @Sendable (_ x: Tensor, _ weight: Tensor, _ bias: Tensor) -> Tensor
) -> [Benchmark] {
    [
        Benchmark("\(name) forward") {
            let (x, weight, bias) = (x(), complexNumbers(weight), complexNumbers([weight[0]]))
            return { consume(call(x, weight, bias)) }
        },
        Benchmark("\(name) and gradients") {
            let (x, weight, bias) = (x(), complexNumbers(weight), complexNumbers([weight[0]]))
            let seed = call(x, weight, bias)
            return {
                let leaves = [x, weight, bias].map { $0.requiringGradient() }
                call(leaves[0], leaves[1], leaves[2]).backward(seed)
                consume(leaves.map(\.grad))
            }
        },
    ]
}

/// Convolutions, linear layers and matrix products of complex64.
let complexProducts: [Benchmark] =
    both("complex conv2d 64-64 3x3 28", { complexImages([16, 64, 28, 28]) }, [64, 64, 3, 3]) {
        $0.conv2d($1, bias: $2, padding: 1)
    }
    + both("complex conv2d 10-20 5x5 12", { complexImages([64, 10, 12, 12]) }, [20, 10, 5, 5]) {
        $0.conv2d($1, bias: $2)
    }
    + [1, 64, 512].flatMap { batch in
        both("complex linear 512-512 batch \(batch)", { complexNumbers([batch, 512]) }, [512, 512]) {
            $0.linear($1, bias: $2)
        }
    }
    + [64, 256, 512].map { n in
        Benchmark("complex matmul \(n)x\(n)x\(n)") {
            let (a, b) = (complexNumbers([n, n]), complexNumbers([n, n]))
            return { consume(a.matmul(b)) }
        }
    }
