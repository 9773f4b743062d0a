import ApusCore
import ApusKernelBase

extension Kernels {
    /// Runs RWKV's weighted means; see `SequenceCalls`.
    package static func wkv(
        _ shape: WKVShape, _ dtype: DType, _ operands: WKVOperands, into y: UnsafeMutableRawPointer,
        last: WKVStates, kept: UnsafeMutableRawPointer?
    ) {
        withRowType(dtype) {
            WKV($0, shape, operands).run(into: y, last: last, kept: kept)
        } _: {
            WKV($0, shape, operands).run(into: y, last: last, kept: kept)
        }
    }
}

/// RWKV's weighted means of sixteen channels at a time.
///
/// The weights of a span's steps do not depend on its values: they come first, all exponentials at a time, and then the sums.
struct WKV<T: RowElement & SIMDScalar> {
    typealias Lanes = SIMD16<T>
    let shape: WKVShape
    let key, value, decay, first: UnsafePointer<T>
    let initial: WKVStates?

    init(_: T.Type, _ shape: WKVShape, _ operands: WKVOperands) {
        self.shape = shape
        key = operands.key.assumingMemoryBound(to: T.self)
        value = operands.value.assumingMemoryBound(to: T.self)
        decay = operands.decay.assumingMemoryBound(to: T.self)
        first = operands.first.assumingMemoryBound(to: T.self)
        initial = operands.initial
    }

    /// Numerator, denominator and exponent of the weights so far: sums are a·eᵖ and b·eᵖ.
    struct State {
        var a, b, p: Lanes

        /// The state at an offset of what is [batch, channels].
        @inline(__always)
        init(_ states: WKVStates?, _ offset: Int, _ count: Int) {
            guard let states else {
                (a, b, p) = (Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: -1e38))
                return
            }
            func part(_ address: UnsafeMutableRawPointer) -> Lanes {
                Lanes(at: address.assumingMemoryBound(to: T.self) + offset, count: count)
            }
            (a, b, p) = (part(states.numerator), part(states.denominator), part(states.exponent))
        }

        @inline(__always)
        init(kept address: UnsafePointer<T>) {
            (a, b, p) = (Lanes(at: address), Lanes(at: address + 16), Lanes(at: address + 32))
        }

        @inline(__always)
        func keep(at address: UnsafeMutablePointer<T>) {
            a.store(at: address)
            b.store(at: address + 16)
            p.store(at: address + 32)
        }

        @inline(__always)
        func store(_ states: WKVStates, _ offset: Int, _ count: Int) {
            func store(_ lanes: Lanes, _ address: UnsafeMutableRawPointer) {
                lanes.store(at: address.assumingMemoryBound(to: T.self) + offset, count: count)
            }
            store(a, states.numerator)
            store(b, states.denominator)
            store(p, states.exponent)
        }
    }

    /// What the state and the new value of each of a span's steps are multiplied by, when the step is read and when it goes into
    /// the state: 1 for the larger exponent, and e to the difference for the other.
    struct Weights {
        static var size: Int { WKVShape.span * WKVShape.lanes }
        static var elementCount: Int { 4 * size + 2 * WKVShape.lanes }
        let memory: UnsafeMutablePointer<T>

        @inline(__always)
        func of(_ step: Int, isRead: Bool) -> (state: Lanes, new: Lanes) {
            let at = memory + (step * WKVShape.lanes + (isRead ? 0 : 2 * Self.size))
            return (Lanes(at: at), Lanes(at: at + Self.size))
        }
    }

    /// Channels of a block; the rest of its lanes is never written.
    @inline(__always)
    func count(_ block: Int) -> Int { min(WKVShape.lanes, shape.channels - block * WKVShape.lanes) }

    /// The cost of a block's steps in the elements of an elementwise kernel.
    var cost: Int { 8 * shape.steps * WKVShape.lanes }

    /// Works out the weights of some steps from the exponent of the state before them, and gives that after them.
    ///
    /// Comparisons are loops over elements: those of vectors are made lane by lane.
    @inline(__always)
    func weigh(
        _ times: Range<Int>, at offset: Int, _ count: Int, _ top: Lanes, into weights: Weights
    ) -> Lanes {
        let channel = offset % shape.channels
        let (decay, first) = (
            Lanes(at: decay + channel, count: count), Lanes(at: first + channel, count: count)
        )
        let (read, passed) = (weights.memory, weights.memory + 2 * Weights.size)
        let topLanes = weights.memory + 4 * Weights.size
        let keyLanes = topLanes + WKVShape.lanes
        top.store(at: topLanes)
        for time in times {
            let key = Lanes(at: key + offset + time * shape.channels, count: count)
            let at = (time - times.lowerBound) * WKVShape.lanes
            let top = Lanes(at: topLanes)
            let decayed = top + decay
            // By how much the state's exponent exceeds that of the new value.
            (top - (first + key)).store(at: read + at)
            (decayed - key).store(at: passed + at)
            decayed.store(at: topLanes)
            key.store(at: keyLanes)
            for lane in 0..<WKVShape.lanes {
                topLanes[lane] = T.select(topLanes[lane] >= keyLanes[lane], topLanes[lane], keyLanes[lane])
            }
        }
        for states in [read, passed] {
            let new = states + Weights.size
            for i in 0..<(times.count * WKVShape.lanes) {
                let gap = states[i]
                let smaller = T.exponential(-abs(gap))
                states[i] = T.select(gap >= 0, 1, smaller)
                new[i] = T.select(gap >= 0, smaller, 1)
            }
        }
        return Lanes(at: topLanes)
    }

    @inline(__always)
    fileprivate func run(into y: UnsafeMutableRawPointer, last: WKVStates, kept: UnsafeMutableRawPointer?) {
        let y = y.assumingMemoryBound(to: T.self)
        let kept = kept?.assumingMemoryBound(to: T.self)
        let (blocks, channels, steps, span) = (shape.blocks, shape.channels, shape.steps, WKVShape.span)
        Parallel.units(shape.batch * blocks, cost: cost) { unit in
            let (row, block) = (unit / blocks, unit % blocks)
            let (start, count) = (block * WKVShape.lanes, count(block))
            let scratch = Storage(byteCount: Weights.elementCount * MemoryLayout<T>.size)
            let weights = Weights(memory: scratch.pointer.assumingMemoryBound(to: T.self))
            var state = State(initial, row * channels + start, count)
            let offset = row * steps * channels + start
            for part in 0..<shape.spans {
                if let kept {
                    state.keep(at: kept + ((row * shape.spans + part) * blocks + block) * 3 * WKVShape.lanes)
                }
                let times = (part * span)..<min((part + 1) * span, steps)
                state.p = weigh(times, at: offset, count, state.p, into: weights)
                for time in times {
                    let step = time - times.lowerBound
                    let at = offset + time * channels
                    let value = Lanes(at: value + at, count: count)
                    let read = weights.of(step, isRead: true)
                    let sum = (read.new * value).addingProduct(read.state, state.a)
                    let total = read.new.addingProduct(read.state, state.b)
                    (sum / total).store(at: y + at, count: count)
                    let passed = weights.of(step, isRead: false)
                    state.a = (passed.new * value).addingProduct(passed.state, state.a)
                    state.b = passed.new.addingProduct(passed.state, state.b)
                }
            }
            state.store(last, row * channels + start, count)
            withExtendedLifetime(scratch) {}
        }
    }
}
