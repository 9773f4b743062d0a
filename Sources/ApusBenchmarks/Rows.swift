import Apus

/// Tall and wide matrices next to those of `sizes`, for what works row by row.
private let shapes: [(name: String, shape: Shape)] =
    sizes + [("100000x10", [100_000, 10]), ("10x100000", [10, 100_000])]

/// Normalisation, losses, order: one row at a time.
let rows: [Benchmark] = shapes.flatMap { size, shape -> [Benchmark] in
    let isLong = size.contains("x")
    let sums = [
        unary("sum all \(size)", shape) { $0.sum() },
        unary("sum axis 0 \(size)", shape) { $0.sum(axis: 0) },
        unary("sum axis 1 \(size)", shape) { $0.sum(axis: 1) },
        unary("softmax \(size)", shape) { $0.softmax(axis: 1) },
    ]
    return (isLong ? sums : []) + [
        unary("softmax axis 0 \(size)", shape) { $0.softmax(axis: 0) },
        Benchmark("layer norm \(size)") {
            let (x, weight, bias) = (numbers(shape), numbers([shape[1]]), numbers([shape[1]]))
            return { consume(x.layerNorm(weight: weight, bias: bias)) }
        },
        Benchmark("layer norm and gradient \(size)") {
            let (x, weight, bias) = (numbers(shape), numbers([shape[1]]), numbers([shape[1]]))
            return {
                let loss = valueAndGradient(at: [x, weight, bias]) {
                    $0[0].layerNorm(weight: $0[1], bias: $0[2]).sum()
                }
                consume(loss)
            }
        },
        Benchmark("cross-entropy and gradient \(size)") {
            let x = numbers(shape)
            let classes = Tensor((0..<shape[0]).map { $0 % shape[1] }, shape: [shape[0]])
            return { consume(valueAndGradient(at: x) { $0.softmaxCrossEntropy(classes) }) }
        },
        unary("max axis 1 \(size)", shape) { $0.max(axis: 1).values },
        unary("argmax \(size)", shape) { $0.argmax(axis: 1) },
        unary("variance \(size)", shape) { $0.variance(axis: 1) },
        unary("logsumexp \(size)", shape) { $0.logSumExp(axis: 1) },
        unary("cumsum \(size)", shape) { $0.cumulativeSum(axis: 1) },
        unary("sort \(size)", shape) { $0.sort(axis: 1).values },
        unary("topk \(size)", shape) { $0.topK(5).values },
    ]
}
