import ComplexModule
import Testing

@testable import Apus

/// Where an assignment names an element more than once, the last value stays, and the gradient is its alone.
@Suite struct RepeatedIndexTests {
    struct Assignment: Sendable {
        let name: String
        let target: Shape
        let value: Shape
        let call: @Sendable (_ x: Tensor, _ value: Tensor) -> Tensor

        init(
            _ name: String, _ target: Shape, _ value: Shape,
            _ call: @escaping @Sendable (_ x: Tensor, _ value: Tensor) -> Tensor
        ) {
            self.name = name
            self.target = target
            self.value = value
            self.call = call
        }

        /// An assignment through brackets.
        static func set(
            _ name: String, _ target: Shape, _ value: Shape, _ indices: any TensorIndex & Sendable...
        )
            -> Assignment
        {
            Assignment(name, target, value) { x, value in
                var x = x
                switch indices.count {
                case 1: x[indices[0]] = value
                case 2: x[indices[0], indices[1]] = value
                default: x[indices[0], indices[1], indices[2]] = value
                }
                return x
            }
        }
    }

    private static func index(_ numbers: [Int], _ shape: Shape) -> Tensor { Tensor(numbers, shape: shape) }

    static let assignments: [Assignment] = [
        .set("rows", [3, 2], [2, 2], [0, 0]), .set("some rows", [4, 2], [5, 2], [1, 3, 1, 0, 1]),
        .set("negative", [3], [4], [2, -1, 0, -3]), .set("one value for all", [3], [], [1, 1, 0]),
        .set("a row for all", [3, 2], [2], [1, 1, 0]), .set("columns", [2, 3], [2, 3], .all, [2, 2, 0]),
        .set("a range between", [4, 2, 3], [2, 2], [0, 0], 0..<2, [1, 1]),
        .set("pairs", [3, 3], [4], [0, 1, 0, 2], [1, 1, 1, 1]),
        .set("pairs apart", [3, 2, 3], [3, 2], [0, 0, 2], .all, [1, 1, 1]),
        .set("within a part", [4, 3], [3, 2], 1..<4, [2, 2]),
        .set("backwards", [4, 3], [2, 3], [1, 1], (0...).by(-1)),
        .set("a grid", [4], [2, 2], index([0, 1, 0, 1], [2, 2])),
        .set("a broadcast grid", [3, 3], [2, 3], index([0, 0], [2, 1]), index([1, 2, 1], [3])),
        Assignment("twice over", [3], [4]) { x, value in
            var x = x
            x[[0, 0, 1, 1]] = value * 2
            x[[1, 1]] = value[0..<2]
            return x
        },
        Assignment("added in place", [3], [2]) { x, value in
            var x = x
            x[[0, 0]] += value
            return x
        },
        Assignment("scatter", [3, 2], [4, 2]) {
            $0.scatter(axis: 0, index: index([0, 1, 0, 1, 2, 1, -3, 0], [4, 2]), source: $1)
        },
        Assignment("scatter along the last axis", [2, 3], [2, 3]) {
            $0.scatter(axis: -1, index: index([1, 1, 1, 0, 2, 0], [2, 3]), source: $1)
        },
        Assignment("scatter of one number", [2, 3], [1, 1]) {
            $0.scatter(axis: 1, index: index([1, 1, 1, 0, 2, 0], [2, 3]), source: $1)
        },
        Assignment("scatter into a view", [3, 2], [2, 2]) {
            $0.transpose().scatter(axis: 1, index: index([1, 1, 2, 2], [2, 2]), source: $1)
        },
        Assignment("put", [2, 3], [5]) { $0.put(index([1, -1, 5, 1, -5], [5]), source: $1) },
        Assignment("maxUnpool", [2, 3], [1, 1, 4]) { x, value in
            value.maxUnpool1d(index([1, 3, 1, 3], [1, 1, 4]), 1, outputSize: 6).reshape(2, 3) + x
        },
        // Where values are added none is lost.
        Assignment("put, adding", [2, 3], [3]) { $0.put(index([1, 1, 5], [3]), source: $1, adding: true) },
        Assignment("scatterAdd", [3, 2], [2, 2]) {
            $0.scatterAdd(axis: 0, index: index([0, 1, 0, 1], [2, 2]), source: $1)
        },
        Assignment("indexAdd", [3, 2], [3, 2]) {
            $0.indexAdd(axis: 0, index: index([2, 2, 0], [3]), source: $1)
        },
    ]

    @Test(arguments: assignments.indices)
    func gradientsEqualDifferences(_ number: Int) throws {
        let test = Self.assignments[number]
        for dtype in [DType.float64, .complex128] where !(dtype.isComplex && test.name == "maxUnpool") {
            let generator = RandomGenerator(seed: 3)
            let inputs = [test.target, test.value].map { Tensor.normal($0, dtype: dtype, using: generator) }
            do {
                try checkGradients(at: inputs) { test.call($0[0], $0[1]) }
                try checkGradients(at: inputs, tolerance: 1e-4) { inputs in
                    withGradient {
                        let inputs = inputs.map { $0.requiresGradient ? $0 : $0.requiringGradient() }
                        let result = test.call(inputs[0], inputs[1])
                        let parts = gradient(
                            of: (result * result.conjugate()).real.sum(), at: inputs, createGraph: true)
                        return parts.reduce(Tensor(0.0, dtype: .float64)) { $0 + ($1 * $1).real.sum() }
                    }
                }
            } catch { Issue.record("\(test.name) in \(dtype): \(error)") }
        }
    }

    @Test func theLastValueHasTheGradient() {
        let value = Tensor([Float(1), 2]).requiringGradient()
        var x = Tensor.zeros([3])
        x[[0, 0]] = value
        x.sum().backward()
        #expect(x.array(of: Float.self) == [2, 0, 0])
        #expect(value.grad!.array(of: Float.self) == [0, 1])
    }

    /// Large enough for several threads, with every element written many times.
    @Test func theLastValueStays() {
        let (rows, count, width) = (100, 40_000, 3)
        let order = (0..<count).map { ($0 &* 7919) % rows }
        var last = [Int](repeating: -1, count: rows)
        for (k, row) in order.enumerated() { last[row] = k }
        let index = Tensor(order, shape: [count])
        let value = Tensor.arange(count * width).reshape(count, width)
        let expected = last.flatMap { k in (0..<width).map { k * width + $0 } }
        for dtype in [DType.int64, .int32, .float64, .complex128] {
            var x = Tensor.zeros([rows, width], dtype: dtype)
            x[index] = value.to(dtype)
            #expect(x.real.to(.int64).array(of: Int.self) == expected, "\(dtype)")
            let scattered = Tensor.zeros([rows, width], dtype: dtype).scatter(
                axis: 0, index: index.unsqueeze(1).broadcast(to: [count, width]), source: value.to(dtype))
            #expect(scattered.real.to(.int64).array(of: Int.self) == expected, "\(dtype)")
        }
        let source = Tensor.ones([count, width], dtype: .float64).requiringGradient()
        var x = Tensor.zeros([rows, width], dtype: .float64)
        x[index] = source
        x.sum().backward()
        let gradient = source.grad!.narrow(axis: 1, start: 0, count: 1).reshape([count]).array(
            of: Double.self)
        #expect(gradient.indices.filter { gradient[$0] != 0 } == last.sorted())
    }
}
