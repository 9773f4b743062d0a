import ApusCore
import ApusKernelBase

extension Kernels {
    /// Runs a selective scan; see `SequenceCalls`.
    package static func selectiveScan(
        _ shape: SelectiveScanShape, _ dtype: DType, _ operands: SelectiveScanOperands,
        into y: UnsafeMutableRawPointer, last: UnsafeMutableRawPointer, kept: UnsafeMutableRawPointer?
    ) {
        withRowType(dtype) {
            SelectiveScan($0, shape, operands).run(into: y, last: last, kept: kept)
        } _: {
            SelectiveScan($0, shape, operands).run(into: y, last: last, kept: kept)
        }
    }
}

/// A selective scan of sixteen channels at a time: their states are N registers.
struct SelectiveScan<T: RowElement & SIMDScalar> {
    typealias Lanes = SIMD16<T>
    let shape: SelectiveScanShape
    let x, step, decay, input, output: UnsafePointer<T>
    let initial: UnsafePointer<T>?

    init(_: T.Type, _ shape: SelectiveScanShape, _ operands: SelectiveScanOperands) {
        self.shape = shape
        x = operands.x.assumingMemoryBound(to: T.self)
        step = operands.step.assumingMemoryBound(to: T.self)
        decay = operands.decay.assumingMemoryBound(to: T.self)
        input = operands.input.assumingMemoryBound(to: T.self)
        output = operands.output.assumingMemoryBound(to: T.self)
        initial = operands.initial?.assumingMemoryBound(to: T.self)
    }

    /// Channels of a block; the rest of its lanes stays zero.
    @inline(__always)
    func count(_ block: Int) -> Int {
        min(SelectiveScanShape.lanes, shape.channels - block * SelectiveScanShape.lanes)
    }

    /// The cost of a block's steps in the elements of an elementwise kernel.
    var cost: Int { shape.steps * shape.states * SelectiveScanShape.lanes }

    @inline(__always)
    fileprivate func run(
        into y: UnsafeMutableRawPointer, last: UnsafeMutableRawPointer, kept: UnsafeMutableRawPointer?
    ) {
        let y = y.assumingMemoryBound(to: T.self)
        let last = last.assumingMemoryBound(to: T.self)
        let kept = kept?.assumingMemoryBound(to: T.self)
        let (states, blocks, span) = (shape.states, shape.blocks, shape.span)
        Parallel.units(shape.batch * blocks, cost: cost) { unit in
            let (row, block) = (unit / blocks, unit % blocks)
            let (first, count) = (block * SelectiveScanShape.lanes, count(block))
            let size = states * SelectiveScanShape.lanes
            withUnsafeTemporaryAllocation(of: T.self, capacity: 3 * size) {
                memory in
                let rates = memory.baseAddress!
                let (state, factors) = (rates + size, rates + 2 * size)
                gather(decay + first * states, count, into: rates)
                if let initial {
                    gather(initial + (row * shape.channels + first) * states, count, into: state)
                } else {
                    state.update(repeating: 0, count: size)
                }
                for time in 0..<shape.steps {
                    if let kept, time % span == 0 {
                        (kept + ((row * shape.spans + time / span) * blocks + block) * size)
                            .update(from: state, count: size)
                    }
                    let at = (row * shape.steps + time) * shape.channels + first
                    let delta = Lanes(at: step + at, count: count)
                    advance(state, rates, factors, delta, delta * Lanes(at: x + at, count: count), row, time)
                    read(state, row, time).store(at: y + at, count: count)
                }
                scatter(state, count, into: last + (row * shape.channels + first) * states)
            }
        }
    }

    /// The states of the next step: each times e to its rate, which goes to `factors`, and the input added.
    @inline(__always)
    func advance(
        _ state: UnsafeMutablePointer<T>, _ rates: UnsafePointer<T>, _ factors: UnsafeMutablePointer<T>,
        _ delta: Lanes, _ scaled: Lanes, _ row: Int, _ time: Int
    ) {
        let lanes = SelectiveScanShape.lanes
        for n in 0..<shape.states { (delta * Lanes(at: rates + n * lanes)).store(at: factors + n * lanes) }
        for i in 0..<(shape.states * lanes) { factors[i] = T.exponential(factors[i]) }
        let input = input + (row * shape.steps + time) * shape.states
        for n in 0..<shape.states {
            let before = Lanes(at: state + n * lanes) * Lanes(at: factors + n * lanes)
            before.addingProduct(scaled, Lanes(repeating: input[n])).store(at: state + n * lanes)
        }
    }

    /// What the step gives: the states times the output's weights.
    @inline(__always)
    private func read(_ state: UnsafePointer<T>, _ row: Int, _ time: Int) -> Lanes {
        let output = output + (row * shape.steps + time) * shape.states
        var sum = Lanes(repeating: 0)
        for n in 0..<shape.states {
            sum = sum.addingProduct(
                Lanes(at: state + n * SelectiveScanShape.lanes), Lanes(repeating: output[n]))
        }
        return sum
    }

    /// [channels, states] as [states, lanes].
    @inline(__always)
    func gather(_ source: UnsafePointer<T>, _ count: Int, into target: UnsafeMutablePointer<T>) {
        for n in 0..<shape.states {
            let row = target + n * SelectiveScanShape.lanes
            for lane in 0..<count { row[lane] = source[lane * shape.states + n] }
            for lane in count..<SelectiveScanShape.lanes { row[lane] = 0 }
        }
    }

    @inline(__always)
    func scatter(_ source: UnsafePointer<T>, _ count: Int, into target: UnsafeMutablePointer<T>) {
        for lane in 0..<count {
            for n in 0..<shape.states {
                target[lane * shape.states + n] = source[n * SelectiveScanShape.lanes + lane]
            }
        }
    }
}
