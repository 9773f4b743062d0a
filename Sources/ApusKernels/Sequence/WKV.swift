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
/// The exponents of a span's steps do not depend on its values: they come first, then all exponentials at a time, then the
/// sums.
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

    /// Of a span's steps, by how much the exponent of the state exceeds that of the new value, and e to minus its magnitude:
    /// when the step is read, and when it goes into the state.
    struct Exponents {
        static var size: Int { WKVShape.span * WKVShape.lanes }
        static var elementCount: Int { 4 * size }
        let gaps, smaller: UnsafeMutablePointer<T>

        init(_ memory: UnsafeMutablePointer<T>) { (gaps, smaller) = (memory, memory + 2 * Self.size) }

        /// What the state and the new value are multiplied by: 1 for the larger exponent.
        @inline(__always)
        func weights(_ step: Int, isRead: Bool) -> (state: Lanes, new: Lanes) {
            let at = step * WKVShape.lanes + (isRead ? 0 : Self.size)
            let (gap, smaller) = (Lanes(at: gaps + at), Lanes(at: smaller + at))
            let (one, isLarger) = (Lanes(repeating: 1), gap .>= Lanes(repeating: 0))
            return (
                smaller.replacing(with: one, where: isLarger), one.replacing(with: smaller, where: isLarger)
            )
        }
    }

    /// Channels of a block; the rest of its lanes is never written.
    @inline(__always)
    func count(_ block: Int) -> Int { min(WKVShape.lanes, shape.channels - block * WKVShape.lanes) }

    /// The cost of a block's steps in the elements of an elementwise kernel.
    var cost: Int { 8 * shape.steps * WKVShape.lanes }

    /// Works out the exponents of some steps from that of the state before them, and gives that after them.
    @inline(__always)
    func weigh(
        _ times: Range<Int>, at offset: Int, _ count: Int, _ top: Lanes, into exponents: Exponents
    ) -> Lanes {
        var top = top
        let channel = offset % shape.channels
        let (decay, first) = (
            Lanes(at: decay + channel, count: count), Lanes(at: first + channel, count: count)
        )
        for time in times {
            let key = Lanes(at: key + offset + time * shape.channels, count: count)
            let at = (time - times.lowerBound) * WKVShape.lanes
            let decayed = top + decay
            (top - (first + key)).store(at: exponents.gaps + at)
            (decayed - key).store(at: exponents.gaps + Exponents.size + at)
            top = key.replacing(with: decayed, where: decayed .>= key)
        }
        for part in [0, Exponents.size] {
            let (gaps, smaller) = (exponents.gaps + part, exponents.smaller + part)
            for i in 0..<(times.count * WKVShape.lanes) { smaller[i] = T.exponential(-abs(gaps[i])) }
        }
        return top
    }

    @inline(__always)
    fileprivate func run(into y: UnsafeMutableRawPointer, last: WKVStates, kept: UnsafeMutableRawPointer?) {
        let y = y.assumingMemoryBound(to: T.self)
        let kept = kept?.assumingMemoryBound(to: T.self)
        let (blocks, channels, steps, span) = (shape.blocks, shape.channels, shape.steps, WKVShape.span)
        Parallel.units(shape.batch * blocks, cost: cost) { unit in
            let (row, block) = (unit / blocks, unit % blocks)
            let (start, count) = (block * WKVShape.lanes, count(block))
            let scratch = Storage(byteCount: Exponents.elementCount * MemoryLayout<T>.size)
            let exponents = Exponents(scratch.pointer.assumingMemoryBound(to: T.self))
            var state = State(initial, row * channels + start, count)
            let offset = row * steps * channels + start
            for part in 0..<shape.spans {
                if let kept {
                    state.keep(at: kept + ((row * shape.spans + part) * blocks + block) * 3 * WKVShape.lanes)
                }
                let times = (part * span)..<min((part + 1) * span, steps)
                state.p = weigh(times, at: offset, count, state.p, into: exponents)
                for time in times {
                    let step = time - times.lowerBound
                    let at = offset + time * channels
                    let value = Lanes(at: value + at, count: count)
                    let read = exponents.weights(step, isRead: true)
                    let sum = (read.new * value).addingProduct(read.state, state.a)
                    let total = read.new.addingProduct(read.state, state.b)
                    (sum / total).store(at: y + at, count: count)
                    let passed = exponents.weights(step, isRead: false)
                    state.a = (passed.new * value).addingProduct(passed.state, state.a)
                    state.b = passed.new.addingProduct(passed.state, state.b)
                }
            }
            state.store(last, row * channels + start, count)
            withExtendedLifetime(scratch) {}
        }
    }
}
