/// The numbers of a generator's stream that the elements of a draw have, in row-major order.
///
/// The numbers from `state` on, 0, 1, 2, …, are those of a whole batch's elements. A part of its rows has runs of them: one where
/// rows are along the first axis.
package struct RandomStretch: Sendable, Equatable {
    /// Where the stream begins that numbers count from.
    let state: RandomGenerator.State
    /// The number of the first element.
    let first: Int
    /// Elements in a run.
    let length: Int
    /// From the first number of a run to that of the next.
    let step: Int

    /// Numbers from 0 on.
    init(_ state: RandomGenerator.State, count: Int) {
        self.init(state: state, first: 0, length: count, step: count)
    }

    init(state: RandomGenerator.State, first: Int, length: Int, step: Int) {
        (self.state, self.first, self.length, self.step) = (state, first, length, step)
    }

    /// Calls `body` for each run of elements in `range` with the index of its first element, their count, and the first
    /// one's number.
    @inline(__always)
    func forEachRun(in range: Range<Int>, _ body: (_ index: Int, _ count: Int, _ number: Int) -> Void) {
        var index = range.lowerBound
        while index < range.upperBound {
            let (run, place) = index.quotientAndRemainder(dividingBy: length)
            let count = Swift.min(length - place, range.upperBound - index)
            body(index, count, first + run * step + place)
            index += count
        }
    }
}

extension RandomStretch {
    /// As five integers: what a dropout's mask is computed from.
    var tensor: Tensor {
        let state = [state.seed, state.offset].map { Int(bitPattern: UInt($0)) }
        return Tensor(state + [first, length, step], shape: [5])
    }

    /// That of such a tensor.
    init(_ tensor: Tensor) {
        let numbers = tensor.array(of: Int.self)
        let state = numbers[..<2].map { UInt64(UInt(bitPattern: $0)) }
        self.init(
            state: RandomGenerator.State(seed: state[0], offset: state[1]), first: numbers[2],
            length: numbers[3], step: numbers[4])
    }
}
