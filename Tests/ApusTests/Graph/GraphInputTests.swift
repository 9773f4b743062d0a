import Testing

@testable import Apus

/// What a graph says of inputs that it cannot take, and what it holds of code that decides by values.
@Suite struct GraphInputTests {
    private static let graph = Trace.of(
        [Tensor([[1.0, 2], [3, 4]]), Tensor([1, 0])], names: ["x", "labels"]
    ) { [$0[0].gather(axis: 1, index: $0[1].unsqueeze(1))] }

    private static func refusals(_ inputs: [Tensor]) -> [String] {
        let frozen = FrozenGraph(graph)
        return [{ try graph.run(inputs) }, { try frozen.run(inputs) }].map {
            (run: () throws -> [Tensor]) -> String in
            do {
                return "\(try run())"
            } catch {
                return "\(error)"
            }
        }
    }

    private static func expect(
        _ inputs: [Tensor], _ message: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(refusals(inputs) == [message, message], sourceLocation: sourceLocation)
    }

    @Test func missingAndSurplusInputs() {
        let (x, labels) = (Tensor.zeros([2, 2]), Tensor([1, 0]))
        let takes = "the graph takes 2 inputs (x: float32 [2, 2], labels: int64 [2])"
        Self.expect([], "\(takes), not 0")
        Self.expect([x], "\(takes), not 1")
        Self.expect([x, labels, labels], "\(takes), not 3")
    }

    @Test func otherShapes() {
        let labels = Tensor([1, 0])
        Self.expect([.zeros([3, 2]), labels], "input x has shape [3, 2]; the graph was traced with [2, 2]")
        Self.expect([.zeros([2]), labels], "input x has shape [2]; the graph was traced with [2, 2]")
        Self.expect(
            [.zeros([2, 2]), Tensor([1, 0, 1])],
            "input labels has shape [3]; the graph was traced with [2]")
    }

    @Test func otherTypes() {
        Self.expect(
            [.zeros([2, 2], dtype: .float64), Tensor([1, 0])],
            "input x is float64; the graph was traced with float32: convert it with .to(.float32)")
        Self.expect(
            [.zeros([2, 2]), Tensor([1.0, 0])],
            "input labels is float32; the graph was traced with int64: convert it with .to(.int64)")
    }

    /// Values that fit no operation are an error with the operation's name.
    @Test func valuesThatAnOperationRefuses() {
        Self.expect(
            [.zeros([2, 2]), Tensor([1, 2])],
            "gather: index 2 is outside axis 1, of extent 2, of shape [2, 2]")
    }

    @Test func decisionsByValuesAreThoseOfTheTrace() throws {
        func absolute(_ x: Tensor) -> Tensor { x.sum().item(as: Float.self) > 0 ? x : -x }
        let graph = Trace.of([Tensor([1.0, 2])]) { [absolute($0[0])] }
        let negative = Tensor([-1.0, -2])
        #expect(absolute(negative).array(of: Float.self) == [1, 2])
        #expect(try graph.run([negative])[0].array(of: Float.self) == [-1, -2], "the way that was taken")
        // By tensor operations both ways are in the graph.
        let chosen = Trace.of([Tensor([1.0, 2])]) { [Tensor.where($0[0].sum() .> 0, $0[0], -$0[0])] }
        #expect(try chosen.run([negative])[0].array(of: Float.self) == [1, 2])
        // A number that was read is a constant.
        let scaled = Trace.of([Tensor([1.0, 2])]) { [$0[0] * $0[0].max().item(as: Double.self)] }
        #expect(try scaled.run([Tensor([3.0, 4])])[0].array(of: Float.self) == [6, 8])
    }

    /// A graph computes what was traced, also within `autocast`.
    @Test func autocastDoesNotReachIntoAGraph() throws {
        let x = Tensor.normal([4, 8], using: RandomGenerator(seed: 2))
        let weight = Tensor.normal([3, 8], using: RandomGenerator(seed: 3))
        let graph = Trace.of([x]) { [$0[0].linear(weight)] }
        let frozen = FrozenGraph(graph)
        let expected = x.linear(weight).array(of: Float.self)
        try autocast {
            for _ in 0..<3 {
                let (run, inFrozen) = (try graph.run([x])[0], try frozen.run([x])[0])
                #expect(run.array(of: Float.self) == expected)
                #expect(inFrozen.array(of: Float.self) == expected)
            }
        }
    }
}
