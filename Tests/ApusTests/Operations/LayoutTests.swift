import Testing
import _ApusTestSupport

@testable import Apus

/// Every operation gives the same values whatever the strides of its inputs.
@Suite struct LayoutTests {
    enum Arrangement: CaseIterable {
        case transposed, sliced, reversed, unaligned

        /// The same values in other strides.
        func callAsFunction(_ x: Tensor) -> Tensor {
            switch self {
            case .transposed:
                let order = Array((0..<x.rank).reversed())
                return x.permute(order).contiguous().permute(order)
            case .sliced:
                // Every other element of a tensor twice as long in each axis.
                return LayoutTests.embedded(x, step: 2, offset: 1)
            case .reversed: return LayoutTests.embedded(x, step: -1, offset: 0)
            case .unaligned: return LayoutTests.embedded(x, step: 1, offset: 3)
            }
        }
    }

    /// `x` within a larger storage, `step` elements apart along every axis.
    static func embedded(_ x: Tensor, step: Int, offset: Int) -> Tensor {
        let size = x.shape.map { $0 * abs(step) }
        let strides = size.contiguousStrides.map { $0 * step }
        let low = zip(x.shape, strides).reduce(0) { $0 + min(0, ($1.0 - 1) * $1.1) }
        let layout = Layout(shape: x.shape, strides: strides, offset: offset - (x.count == 0 ? 0 : low))
        var storage = Tensor.zeros([size.elementCount + offset + 1], dtype: x.dtype)
        let dtype = x.dtype
        x.withUnsafeBytes { source in
            storage.withUnsafeMutableBytes { target in
                var index = [Int](repeating: 0, count: layout.rank)
                for element in 0..<x.count {
                    let position = layout.offset + zip(index, layout.strides).reduce(0) { $0 + $1.0 * $1.1 }
                    for byte in 0..<dtype.size {
                        target[position * dtype.size + byte] = source[element * dtype.size + byte]
                    }
                    var axis = layout.rank - 1
                    while axis >= 0 {
                        index[axis] += 1
                        if index[axis] < layout.shape[axis] { break }
                        index[axis] = 0
                        axis -= 1
                    }
                }
            }
        }
        return storage.viewed(layout)
    }

    @Test(arguments: OperationCase.all)
    func stridesDoNotMatter(_ test: OperationCase) throws {
        let golden = try test.golden()
        for dtype in test.operation.dtypes {
            let inputs = test.inputs(golden, dtype.golden, as: dtype)
            let expected = test.sample.call(inputs)
            let tolerance = dtype.tolerance
            for arrangement in Arrangement.allCases {
                let found = test.sample.call(inputs.map { arrangement($0) })
                let problem = difference(
                    found, expected, relative: tolerance.relative, absolute: tolerance.absolute)
                #expect(
                    problem == nil, "\(test.testDescription) in \(dtype), \(arrangement): \(problem ?? "")")
                #expect(found.dtype == expected.dtype)
            }
        }
    }

    @Test(arguments: OperationCase.all)
    func broadcastInputsEqualTheirCopies(_ test: OperationCase) throws {
        let golden = try test.golden()
        for dtype in test.operation.dtypes {
            var inputs = test.inputs(golden, dtype.golden, as: dtype)
            for index in test.differentiable where !inputs[index].shape.contains(0) && inputs[index].rank > 0
            {
                // All elements the first one, by stride 0.
                let x = inputs[index]
                inputs[index] = x.viewed(
                    Layout(shape: x.shape, strides: x.shape.map { _ in 0 }, offset: x.layout.offset))
            }
            let expected = test.sample.call(inputs.map { $0.detachedContiguous() })
            let problem = difference(
                test.sample.call(inputs), expected, relative: dtype.tolerance.relative,
                absolute: dtype.tolerance.absolute)
            #expect(problem == nil, "\(test.testDescription) in \(dtype): \(problem ?? "")")
        }
    }

    @Test(
        arguments: Operation.elementwise.flatMap { o in
            o.samples.indices.map { OperationCase(operation: o, index: $0) }
        })
    func emptyAndZeroDimensionalInputsWork(_ test: OperationCase) throws {
        let golden = try test.golden()
        let dtype = test.operation.dtypes.contains(.float64) ? DType.float64 : test.operation.dtypes.last!
        let inputs = test.inputs(golden, dtype.golden, as: dtype)
        let first = inputs[0].shape
        guard inputs.allSatisfy({ $0.shape == first }) else { return }
        let empty = test.sample.call(inputs.map { Tensor.zeros([0, 3], dtype: $0.dtype) })
        #expect(empty.shape == [0, 3])
        let scalars = inputs.map { $0.viewed(Layout(shape: [], strides: [], offset: $0.layout.offset)) }
        let found = test.sample.call(scalars)
        #expect(found.shape == [])
        let full = test.sample.call(inputs)
        let expected = full.viewed(Layout(shape: [], strides: [], offset: full.layout.offset))
        #expect(
            difference(found, expected, relative: 1e-12, absolute: 1e-12) == nil, "\(test.testDescription)")
    }
}

extension LayoutTests.Arrangement: CustomTestStringConvertible {
    var testDescription: String { "\(self)" }
}
