import Apus

/// What looks along an axis.
let reductions: [Benchmark] = sizes.flatMap { size, shape in
    [
        unary("sum all \(size)", shape) { $0.sum() },
        unary("sum axis 0 \(size)", shape) { $0.sum(axis: 0) },
        unary("sum axis 1 \(size)", shape) { $0.sum(axis: 1) },
        unary("mean all \(size)", shape) { $0.mean() },
        unary("mean axis 0 \(size)", shape) { $0.mean(axis: 0) },
        unary("mean axis 1 \(size)", shape) { $0.mean(axis: 1) },
        unary("softmax \(size)", shape) { $0.softmax(axis: 1) },
    ]
}
