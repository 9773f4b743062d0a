import Apus
import ApusNN

/// What ranks sum at each step beside gradients, in float64: whether a parameter has a gradient, and the
/// caller's numbers.
final class StepNumbers: @unchecked Sendable {
    private let group: any ProcessGroup
    private let parameterCount: Int
    private var buffer: SharedBuffer
    /// How many numbers there are at this step.
    private var count: Int

    init(_ group: any ProcessGroup, parameterCount: Int) throws(DistributedError) {
        self.group = group
        self.parameterCount = parameterCount
        count = parameterCount
        buffer = try group.makeBuffer(byteCount: (parameterCount + 32) * 8)
    }

    /// Makes room for so many numbers of the caller's: a call that all ranks make.
    func reserve(_ numberCount: Int) throws(DistributedError) {
        count = parameterCount + numberCount
        if count * 8 > buffer.byteCount { buffer = try group.makeBuffer(byteCount: 2 * count * 8) }
    }

    private var values: UnsafeMutableBufferPointer<Double> {
        UnsafeMutableBufferPointer(start: buffer.own.assumingMemoryBound(to: Double.self), count: count)
    }

    func write(_ gradients: [Tensor?], _ numbers: [Double]) {
        let values = values
        for (index, gradient) in gradients.enumerated() { values[index] = gradient == nil ? 0 : 1 }
        for (index, number) in numbers.enumerated() { values[parameterCount + index] = number }
    }

    func sum() throws(DistributedError) { try group.sum(buffer, count: count, as: .float64) }

    /// The sums of the caller's numbers.
    var numbers: [Double] { Array(values[parameterCount...]) }

    /// Gradients of zeros for those that this rank has not, but another one has.
    func missing(in gradients: [Tensor?], of parameters: [Parameter]) -> [(index: Int, zeros: Tensor)] {
        gradients.indices.filter { gradients[$0] == nil && values[$0] != 0 }.map {
            ($0, .zeros(like: parameters[$0].value))
        }
    }
}
