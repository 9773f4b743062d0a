import Apus

/// What only moves elements.
let indexing: [Benchmark] = sizes.map { size, shape in
    unary("transpose copy \(size)", shape) { $0.transpose().contiguous() }
}
