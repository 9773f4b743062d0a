import Testing
import _ApusTestSupport

@testable import Apus

/// What a trace writes down, how a graph prints, and what it refuses.
@Suite struct GraphTests {
    private static let graph = Trace.of(
        [Tensor([[1.0, 2], [3, 4]]), Tensor([1, 0])], names: ["x", "labels"],
        parameters: [("weight", Tensor([[1.0, -1], [0.5, 2]]))]
    ) { inputs in
        let y = (inputs[0] * 2 + 1).relu()
        return [y.gather(axis: 1, index: inputs[1].unsqueeze(1)), y.argmax(axis: 1)]
    }

    @Test func itPrintsALineAnOperation() {
        #expect(
            Self.graph.description.split(separator: "\n").map(String.init) == [
                "input x: float32 [2, 2]", "input labels: int64 [2]",
                "%2: float32 [2, 2] = multiply(number: 2.0, isFirst: false) x",
                "%3: float32 [2, 2] = add(number: 1.0, isFirst: false) %2",
                "%4: float32 [2, 2] = relu %3",
                "%5: int64 [2, 1] = unsqueeze(axis: 1) labels",
                "%6: float32 [2, 1] = gather(along: 1) %4, %5",
                "%7: int64 [2] = argmax(axis: 1, largest: true, keepDims: false) %4", "output %6, %7",
            ])
    }

    @Test func integersMasksAndDetachedTensorsAreFollowed() throws {
        let graph = Trace.of([Tensor([1.0, -2, 3])]) { inputs in
            let mask = inputs[0].detach() .> 0
            return [inputs[0].maskedFill(mask, 7), mask.to(.int64).sum()]
        }
        let results = try graph.run([Tensor([-1.0, -2, 3])])
        #expect(results[0].array(of: Float.self) == [-1, -2, 7])
        #expect(results[1].item(as: Int.self) == 1)
    }

    @Test func updatesInPlaceAreFollowed() throws {
        let graph = Trace.of([Tensor([1.0, 2, 3]), Tensor([10.0])]) { inputs in
            var x = inputs[0]
            x += 1
            x[1] = inputs[1][0]
            x *= x
            return [x]
        }
        let results = try graph.run([Tensor([0.0, 0, 1]), Tensor([3.0])])
        #expect(results[0].array(of: Float.self) == [1, 9, 4])
    }

    @Test func oneTensorMayBeTwoInputs() throws {
        let x = Tensor([1.0, 2])
        let graph = Trace.of([x, x]) { [$0[0] - $0[1]] }
        #expect(try graph.run([x, Tensor([5.0, 5])])[0].array(of: Float.self) == [-4, -3])
    }

    @Test func anInputOrAConstantMayBeAResult() throws {
        let graph = Trace.of([Tensor([1.0])]) { [$0[0], Tensor([4.0])] }
        let results = try graph.run([Tensor([2.0])])
        #expect(results.map { $0.item(as: Float.self) } == [2, 4])
    }

    @Test func whatNoOutputNeedsIsLeftOut() {
        let graph = Trace.of([Tensor([1.0])]) { inputs in
            _ = inputs[0].exp()
            return [inputs[0].log()]
        }
        #expect(graph.applications.map { $0.primitive.name } == ["log"])
    }

    @Test func gradientsFlowThroughARun() throws {
        let graph = Trace.of([Tensor([1.0, 2])]) { [$0[0].square().sum()] }
        let x = Tensor([3.0, 4]).requiringGradient()
        #expect(gradient(of: try graph.run([x])[0], at: x).array(of: Float.self) == [6, 8])
    }

    /// A sum takes the activation that follows it, to the bit and in its gradient.
    @Test(arguments: [DType.float32, .float64, .bfloat16])
    func sumsTakeTheirActivation(_ dtype: DType) throws {
        let x = Tensor([1.5, -2, 0, .nan, .infinity, -0.0, 3, 1e-3]).to(dtype).requiringGradient()
        let y = Tensor([0.5, 1, 0, 1, -.infinity, -0.0, -4, 0]).to(dtype).requiringGradient()
        let graph = Trace.of([x, y]) { [($0[0] + $0[1]).relu(), ($0[0] + $0[1][0]).relu()] }
        let fused = graph.fused()
        #expect(fused.applications.map { $0.primitive.name }.filter { $0 == "relu" || $0 == "add" } == [])
        for (found, expected) in zip(try fused.run([x, y]), try graph.run([x, y])) {
            #expect(found.withUnsafeBytes { Array($0) } == expected.withUnsafeBytes { Array($0) })
            let slopes = gradient(of: found, at: [x, y], upstream: .ones(like: found))
            let others = gradient(of: expected, at: [x, y], upstream: .ones(like: expected))
            for (a, b) in zip(slopes, others) {
                #expect(a.withUnsafeBytes { Array($0) } == b.withUnsafeBytes { Array($0) })
            }
        }
    }

    @Test func drawsAreDrawnAnew() throws {
        let graph = Trace.of([Tensor.zeros([100])]) {
            [$0[0] + .uniform([100], using: RandomGenerator(seed: 3)), $0[0].dropout(0.5) + 1]
        }
        let (a, b) = (try graph.run([.ones([100])]), try graph.run([.ones([100])]))
        #expect(!(a[0] .== b[0]).all().item(as: Bool.self))
        #expect(!(a[1] .== b[1]).all().item(as: Bool.self))
    }

    @Test func inputsThatDoNotFitAreRefused() {
        let graph = Self.graph
        let x = Tensor([[1.0, 2], [3, 4]])
        func refusal(_ inputs: [Tensor]) -> GraphError? {
            do { _ = try graph.run(inputs) } catch { return error as? GraphError }
            return nil
        }
        let expected = ["x: float32 [2, 2]", "labels: int64 [2]"]
        #expect(refusal([x]) == .inputCount(expected: expected, found: 1))
        #expect(refusal([x, Tensor([1, 0]), x]) == .inputCount(expected: expected, found: 3))
        #expect(
            refusal([Tensor.zeros([3, 2]), Tensor([1, 0])])
                == .inputShape("x", expected: [2, 2], found: [3, 2]))
        #expect(
            refusal([x, Tensor([1.0, 0])]) == .inputType("labels", expected: .int64, found: .float32))
        let elsewhere = refusal([x.to(.guarded), Tensor([1, 0])])
        #expect(elsewhere == .inputDevice("x", expected: .cpu, found: .guarded))
        #expect(
            elsewhere?.description
                == "input x is on guarded; the graph was traced on cpu: move it with .to(.cpu)")
    }

    /// What has no inputs is made where it was made when it was traced.
    @Test func graphsRunOnTheDeviceTheyWereTracedOn() throws {
        let x = Tensor([1.0, 2, 3]).to(.guarded)
        let graph = withDevice(.guarded) { Trace.of([x]) { [$0[0] + .arange(3)] } }
        let y = try graph.run([x])[0]
        #expect(y.device == .guarded && y.array(of: Float.self) == [1, 3, 5])
    }

    @Test func whatAnOperationRefusesIsAnError() {
        let graph = Trace.of([Tensor([[1.0, 0], [0, 1]])]) { [try! $0[0].cholesky()] }
        #expect(throws: GraphError.self) { try graph.run([Tensor([[-1.0, 0], [0, 1]])]) }
    }

    /// A primitive of one's own takes part in everything.
    private struct Scale: SingleResult {
        let factor: Double
        let name = "scale"
        func value(of inputs: [Tensor]) -> Tensor { inputs[0] * factor }
        func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient * factor] }
    }

    @Test func aPrimitiveOfOnesOwnIsTracedAndDifferentiated() throws {
        let x = Tensor([1.0, 2]).requiringGradient()
        let y = Tensor.apply(Scale(factor: 3), to: [x])
        #expect(gradient(of: y.sum(), at: x).array(of: Float.self) == [3, 3])
        let graph = Trace.of([x]) { [Tensor.apply(Scale(factor: 3), to: $0)] }
        #expect(graph.description.contains("= scale(factor: 3.0) x0"))
        #expect(try graph.run([Tensor([5.0, 6])])[0].array(of: Float.self) == [15, 18])
    }
}
