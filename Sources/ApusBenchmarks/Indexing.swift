import Apus

/// What only moves elements.
let indexing: [Benchmark] = sizes.flatMap { size, shape in
    [
        unary("transpose copy \(size)", shape) { $0.transpose().contiguous() },
        Benchmark("index select \(size)") {
            let x = numbers(shape)
            let index = ((numbers([shape[0]]) + 2) * (Float(shape[0]) / 4)).to(.int64)
            return { consume(x.indexSelect(axis: 0, index: index)) }
        },
        Benchmark("cat \(size)") {
            let x = numbers(shape)
            return { consume(Tensor.cat([x, x], axis: -1)) }
        },
        Benchmark("stack \(size)") {
            let x = numbers(shape)
            return { consume(Tensor.stack([x, x], axis: 0)) }
        },
    ]
}
