import Apus
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

/// Parameters and buffers in float64, and parameters that start at constants moved away from them.
func precise<L: Module>(_ layer: L, seed: UInt64 = 3) -> L {
    let generator = RandomGenerator(seed: seed)
    for (_, parameter) in layer.namedParameters() {
        parameter.value =
            parameter.value.to(.float64)
            + .uniform(parameter.shape, low: -0.2, high: 0.2, dtype: .float64, using: generator)
    }
    for (_, buffer) in layer.namedBuffers() { buffer.value = buffer.value.to(.float64) }
    return layer
}

/// Expects the state names, the result and the gradients that `Scripts/sequence_peer.py` wrote of a peer's layer.
func expectPeer<L: Layer>(
    _ name: String, _ layer: L, relative: Double = 1e-6, sourceLocation: SourceLocation = #_sourceLocation,
    _ call: (L, Tensor, Tensor?) -> Tensor = { layer, x, _ in layer(x) }
) throws {
    let values = try PeerFixture("sequenceLayers").part(name)
    let state = values.part("state").tensors
    #expect(Set(layer.stateDictionary().keys) == Set(state.keys), "\(name)", sourceLocation: sourceLocation)
    let layer = precise(layer)
    try layer.load(state)
    let x = values["input"]!.requiringGradient()
    let y = call(layer, x, values["mask"])
    func expect(_ found: Tensor?, _ key: String) {
        guard let found, let wanted = values[key] else {
            Issue.record("\(name): no \(key)", sourceLocation: sourceLocation)
            return
        }
        expectClose(
            found, wanted.to(.float64), "\(name) \(key)", relative: relative, sourceLocation: sourceLocation)
    }
    expect(y, "output")
    PeerFixture.weighted(y).backward()
    expect(x.grad, "inputGradient")
    for (key, parameter) in layer.namedParameters() { expect(parameter.grad, "gradient.\(key)") }
}

/// Expects the same of a sequence at once, in parts that begin where another ended, and a step after the other, and nothing of no
/// steps.
func expectPartsGiveTheWhole<L: StepwiseLayer>(
    _ layer: L, _ x: Tensor, relative: Double = 1e-5, sourceLocation: SourceLocation = #_sourceLocation
) {
    let (whole, steps) = (layer(x), x.shape[1])
    for sizes in [[steps], [3, 0, steps - 3], [steps - 1, 1], [Int](repeating: 1, count: steps)] {
        var state = layer.initialState(batch: x.shape[0])
        let parts = x.split(sizes: sizes, axis: 1).map { layer.advance($0, &state) }
        expectClose(
            .cat(parts, axis: 1), whole, "parts of \(sizes)", relative: relative,
            sourceLocation: sourceLocation)
    }
    for count in [0, 1] {
        let first = x.narrow(axis: 1, start: 0, count: count)
        var state = layer.initialState(batch: x.shape[0])
        let wanted = whole.narrow(axis: 1, start: 0, count: count)
        expectClose(layer(first), wanted, "\(count)", relative: relative, sourceLocation: sourceLocation)
        expectClose(
            layer.advance(first, &state), wanted, "\(count)", relative: relative,
            sourceLocation: sourceLocation)
    }
}

/// Expects the same bits before a step from which on the input is another.
func expectNothingFromLater(
    _ layer: any Layer, _ x: Tensor, from start: Int, sourceLocation: SourceLocation = #_sourceLocation
) {
    var other = x.detach()
    let later = x.narrow(axis: 1, start: start, count: x.shape[1] - start)
    other = .cat([x.narrow(axis: 1, start: 0, count: start), later * -3 + 1], axis: 1)
    let rows = [x, other].map { layer($0).narrow(axis: 1, start: 0, count: start).array(of: Float.self) }
    #expect(rows[0] == rows[1], sourceLocation: sourceLocation)
    #expect(
        layer(x).array(of: Float.self) != layer(other).array(of: Float.self), sourceLocation: sourceLocation)
}

/// Expects a sequence's beginning to give the beginning of its result.
func expectPrefixes(
    _ layer: any Layer, _ x: Tensor, counts: [Int], absolute: Double,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let whole = layer(x)
    for count in counts {
        let prefix = layer(x.narrow(axis: 1, start: 0, count: count))
        let problem = difference(
            prefix, whole.narrow(axis: 1, start: 0, count: count), relative: 0, absolute: absolute)
        #expect(problem == nil, "\(count): \(problem ?? "")", sourceLocation: sourceLocation)
    }
}

/// Writes what does not stop with this name to standard error, for the child of an exit test.
func reportOthers(than name: String, _ calls: [@Sendable () -> Void]) {
    let outcomes = Trials.run(calls.count) { calls[$0]() }
    for (number, outcome) in outcomes.enumerated() {
        if case .stopped(name, _) = outcome { continue }
        FileHandle.standardError.write(Data("\(number): \(outcome)\n".utf8))
    }
}
