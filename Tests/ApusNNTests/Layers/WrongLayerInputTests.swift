import Apus
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

/// Every layer with inputs and parameters of wrong shapes, ranks and types: it gives a result, or stops with a message
/// that names an operation.
@Suite struct WrongLayerInputTests {
    /// Shapes that most layers do not take, and those next to the right one.
    static func shapes(_ shape: Shape) -> [Shape] {
        var list: [Shape] = [
            [], [0], [1], [3], [2, 3], [0, 3], [2, 0, 3], [2, 3, 4, 5], [1, 2, 1, 2, 1, 2, 1],
            [1] + shape, shape + [2], Array(shape.dropFirst()), Array(shape.dropLast()), shape.reversed(),
            [Int](repeating: 1, count: 64 - shape.count) + shape,
        ]
        for axis in shape.indices {
            for extent in [0, 1, shape[axis] - 1, shape[axis] + 1] {
                list.append(Array(shape[..<axis]) + [extent] + Array(shape[(axis + 1)...]))
            }
        }
        return list
    }

    @Test func layersStopWithTheirNames() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            var trials: [(name: String, run: () -> Void)] = []
            func attempt(_ layer: any Layer, _ x: Tensor) {
                let x = GuardedMemory.copy(x)
                let result = layer(x.dtype.isDifferentiable ? x.requiringGradient() : x)
                if result.requiresGradient { result.backward(.ones(like: result)) }
                layer.evaluate()
                _ = layer(x).description
            }
            for test in LayerCase.all {
                for shape in WrongLayerInputTests.shapes(test.shape) {
                    trials.append(
                        (
                            "\(test.name) of \(shape)",
                            { attempt(test.make(), .ones(shape, dtype: test.dtype)) }
                        ))
                }
                for dtype in DType.allCases {
                    trials.append(
                        (
                            "\(test.name) of \(dtype)",
                            { attempt(test.make(), .ones(test.shape, dtype: dtype)) }
                        ))
                }
                for (name, parameter) in test.make().namedParameters() {
                    let others = WrongLayerInputTests.shapes(parameter.shape).map {
                        Tensor.ones($0, dtype: parameter.value.dtype)
                    }
                    let types = DType.allCases.filter(\.isDifferentiable).map {
                        Tensor.ones(parameter.shape, dtype: $0)
                    }
                    for value in others + types {
                        trials.append(
                            (
                                "\(test.name) with \(name) of \(value.dtype) \(value.shape)",
                                {
                                    let layer = test.make()
                                    layer.namedParameters().first { $0.name == name }!.parameter.value =
                                        GuardedMemory.copy(value)
                                    attempt(layer, .ones(test.shape, dtype: test.dtype))
                                }
                            ))
                    }
                }
            }
            let outcomes = Trials.run(trials.count) { trials[$0].run() }
            for line in Trials.problems(trials.map(\.name), outcomes) {
                FileHandle.standardError.write(Data((line + "\n").utf8))
            }
        }
        let lines = message(result)
        #expect(lines.isEmpty, "\(lines)")
    }
}
