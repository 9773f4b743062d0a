import Apus

/// One operation on each element.
let elementwise: [Benchmark] = sizes.flatMap { size, shape in
    [
        binary("add \(size)", shape, shape) { $0 + $1 },
        binary("mul \(size)", shape, shape) { $0 * $1 },
        binary("broadcast add row \(size)", shape, [shape[1]]) { $0 + $1 },
        binary("broadcast add column \(size)", shape, [shape[0], 1]) { $0 + $1 },
        unary("exp \(size)", shape) { $0.exp() },
        unary("tanh \(size)", shape) { $0.tanh() },
        unary("gelu \(size)", shape) { $0.gelu() },
    ]
}

func unary(_ name: String, _ shape: Shape, _ operation: @escaping @Sendable (Tensor) -> Tensor) -> Benchmark {
    Benchmark(name, work: .bytes(8 * shape.reduce(1, *))) {
        let x = numbers(shape)
        return { consume(operation(x)) }
    }
}

private func binary(
    _ name: String, _ shape: Shape, _ other: Shape,
    _ operation: @escaping @Sendable (Tensor, Tensor) -> Tensor
) -> Benchmark {
    Benchmark(name, work: .bytes(4 * (2 * shape.reduce(1, *) + other.reduce(1, *)))) {
        let (a, b) = (numbers(shape), numbers(other))
        return { consume(operation(a, b)) }
    }
}
