import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// A mistake within a layer names the line of the model's call and the layer's path in the model.
@Suite struct LayerCallTests {
    private final class Block: Module, Layer {
        let conv1 = Conv2d(3, 3, kernel: 3, padding: 1)
        let conv2 = Conv2d(4, 3, kernel: 3, padding: 1)
        func forward(_ x: Tensor) -> Tensor { conv2(conv1(x).relu()) }
    }

    private final class Net: Module, Layer {
        let encoder: [any Layer] = [Identity(), Sequential(ReLU(), Block())]
        let head = ["last": Linear(3, 2)]
        func forward(_ x: Tensor) -> Tensor { head["last"]!(encoder.reduce(x) { $1($0) }) }
    }

    private final class Reshaping: Module, Layer {
        func forward(_ x: Tensor) -> Tensor { x.reshape([7, -1]) }
    }

    private final class Pair: Module {
        let first = Linear(2, 3)
        let second = Linear(4, 3)
        func callAsFunction(
            _ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line
        ) -> Tensor { called(file: file, line: line) { first(a) + second(b) } }
    }

    /// Holds a layer where it is no member.
    private final class Hidden: Module, Layer {
        let layers = [Linear(4, 3)]
        lazy var call: @Sendable (Tensor) -> Tensor = { Linear(5, 3)($0) }
        func forward(_ x: Tensor) -> Tensor { call(x) }
    }

    /// - Parameter line: of the `#expect`, which code within it counts as its own.
    private static func expect(
        _ result: ExitTest.Result?, _ line: Int, _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let written = message(result)
        #expect(
            written.contains("ApusNNTests/LayerCallTests.swift:\(line): Fatal error: \(text)"), "\(written)",
            sourceLocation: sourceLocation)
    }

    @Test func aLayerAlone() async {
        let line = #line + 1
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Linear(4, 3)(Tensor.ones([2, 5]))
        }
        Self.expect(result, line, "linear in Linear: ")
    }

    @Test func theModelsCallAndTheLayersPath() async {
        let line = #line + 1
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let net = Net()
            _ = net(Tensor.ones([2, 3, 5, 5]))
        }
        // conv2 is called in line 11.
        Self.expect(
            result, line,
            "conv2d in encoder.1.1.conv2 of Net (ApusNNTests/LayerCallTests.swift:11): an input of shape")
    }

    @Test func dictionariesAndSequences() async {
        let line = #line + 1
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let net = Sequential(Sequential(Identity(), Linear(3, 2)), Linear(3, 1))
            _ = net(Tensor.ones([2, 3]))
        }
        Self.expect(result, line, "linear in 1 of Sequential: ")
        let inner = #line + 1
        let other = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let net = Sequential(Sequential(Identity(), Linear(3, 2)), Linear(3, 1))
            _ = net(Tensor.ones([2, 4]))
        }
        Self.expect(other, inner, "linear in 0.1 of Sequential: ")
    }

    @Test func theLineWithinALayerOfOnesOwn() async {
        let line = #line + 1
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let net = Sequential(Identity(), Reshaping())
            _ = net(Tensor.ones([2, 4]))
        }
        // It reshapes in line 21.
        Self.expect(result, line, "reshape in 1 of Sequential (ApusNNTests/LayerCallTests.swift:21): ")
    }

    @Test func modulesOfSeveralInputs() async {
        let line = #line + 1
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let pair = Pair()
            _ = pair(Tensor.ones([1, 2]), Tensor.ones([1, 3]))
        }
        Self.expect(
            result, line, "linear in second of Pair (ApusNNTests/LayerCallTests.swift:29): ")
        let lstm = #line + 1
        let other = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = ComplexLSTM(3, 2)
            _ = layer(Tensor.ones([5, 1, 4], dtype: .complex64))
        }
        Self.expect(other, lstm, "ComplexLSTM in ComplexLSTM: an input of shape")
    }

    @Test func whatIsNoMemberGoesByTheNameOfItsCaller() async {
        let line = #line + 1
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let net = Sequential(Hidden())
            _ = net(Tensor.ones([2, 4]))
        }
        Self.expect(result, line, "linear in 0 of Sequential (ApusNNTests/LayerCallTests.swift:35): ")
    }

    @Test func summariesAndFrozenModels() async {
        let line = #line + 1
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Sequential(Linear(3, 2)).summary(input: [1, 4])
        }
        Self.expect(result, line, "linear in 0 of Sequential: ")
        let second = #line + 1
        let other = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Sequential(Linear(3, 2)).frozen(input: [1, 3], [1, 4])
        }
        Self.expect(other, second, "linear in 0 of Sequential: ")
    }

    /// What came to its end is not named any more, and gradients are of no layer.
    @Test func outsideOfLayersThereIsNone() async {
        let line = #line + 1
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let net = Sequential(Linear(3, 2))
            let y = net(Tensor.ones([2, 3]))
            _ = y.matmul(Tensor.ones([5, 5]))
        }
        Self.expect(result, line, "matmul: ")
    }
}
