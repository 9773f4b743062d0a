import ApusCore
import ApusKernelBase

extension Kernels {
    /// The gradients of RWKV's weighted means; see `SequenceCalls`.
    package static func wkvGradient(
        _ shape: WKVShape, _ dtype: DType, _ operands: WKVOperands, kept: UnsafeRawPointer,
        gradient: UnsafeRawPointer?, ofNumerator: UnsafeRawPointer?, ofDenominator: UnsafeRawPointer?,
        into gradients: WKVGradients
    ) {
        withRowType(dtype) {
            WKV($0, shape, operands).runGradient(kept, gradient, ofNumerator, ofDenominator, gradients)
        } _: {
            WKV($0, shape, operands).runGradient(kept, gradient, ofNumerator, ofDenominator, gradients)
        }
    }
}

extension WKV {
    // The sums are the same whatever exponent they are written with: exponents count as constants. From the last step to the
    // first, with g and h the gradients of a and b after a step, r and n the weights of the state and of the new value when
    // the step is read, s and m those in the state, D the sum of weights and d = dy / D:
    // dv = n d + m g, du += n d (v - y), dk = n d (v - y) + m (v g + h), dw += s (a g + b h), and then
    // g = s g + r d, h = s h - r d y. Before the first step dp = a g + b h. States between kept ones are computed again.
    @inline(__always)
    fileprivate func runGradient(
        _ kept: UnsafeRawPointer, _ gradient: UnsafeRawPointer?, _ ofNumerator: UnsafeRawPointer?,
        _ ofDenominator: UnsafeRawPointer?, _ gradients: WKVGradients
    ) {
        let kept = kept.assumingMemoryBound(to: T.self)
        let gradient = gradient?.assumingMemoryBound(to: T.self)
        let ofNumerator = ofNumerator?.assumingMemoryBound(to: T.self)
        let ofDenominator = ofDenominator?.assumingMemoryBound(to: T.self)
        let ofKey = gradients.key.assumingMemoryBound(to: T.self)
        let ofValue = gradients.value.assumingMemoryBound(to: T.self)
        let (lanes, span, size) = (WKVShape.lanes, WKVShape.span, Weights.size)
        let (blocks, channels, steps) = (shape.blocks, shape.channels, shape.steps)
        // Of decay and first for each sequence, which are added up in order.
        let rowCount = shape.batch * channels
        let rows = Storage(byteCount: max(1, 2 * rowCount) * MemoryLayout<T>.size)
        let ofRows = rows.pointer.assumingMemoryBound(to: T.self)
        Parallel.units(shape.batch * blocks, cost: 2 * cost) { unit in
            let (row, block) = (unit / blocks, unit % blocks)
            let (start, count) = (block * lanes, count(block))
            let scratch = Storage(
                byteCount: (Weights.elementCount + 2 * size) * MemoryLayout<T>.size)
            let memory = scratch.pointer.assumingMemoryBound(to: T.self)
            let weights = Weights(memory: memory)
            let numerators = memory + Weights.elementCount
            let denominators = numerators + size
            let (offset, position) = (row * steps * channels + start, row * channels + start)
            func load(_ address: UnsafePointer<T>?) -> Lanes {
                address.map { Lanes(at: $0 + position, count: count) } ?? Lanes(repeating: 0)
            }
            var (g, h) = (load(ofNumerator), load(ofDenominator))
            var (ofDecay, ofFirst) = (Lanes(repeating: 0), Lanes(repeating: 0))
            for part in (0..<shape.spans).reversed() {
                let times = (part * span)..<min((part + 1) * span, steps)
                var state = State(kept: kept + ((row * shape.spans + part) * blocks + block) * 3 * lanes)
                _ = weigh(times, at: offset, count, state.p, into: weights)
                for time in times {
                    let step = time - times.lowerBound
                    state.a.store(at: numerators + step * lanes)
                    state.b.store(at: denominators + step * lanes)
                    let value = Lanes(at: value + offset + time * channels, count: count)
                    let passed = weights.of(step, isRead: false)
                    state.a = (passed.new * value).addingProduct(passed.state, state.a)
                    state.b = passed.new.addingProduct(passed.state, state.b)
                }
                for time in times.reversed() {
                    let step = time - times.lowerBound
                    let at = offset + time * channels
                    let value = Lanes(at: value + at, count: count)
                    let a = Lanes(at: numerators + step * lanes)
                    let b = Lanes(at: denominators + step * lanes)
                    let passed = weights.of(step, isRead: false)
                    let flow = a * g + b * h
                    ofDecay = ofDecay.addingProduct(passed.state, flow)
                    var toValue = passed.new * g
                    var toKey = passed.new * h.addingProduct(value, g)
                    (g, h) = (passed.state * g, passed.state * h)
                    if let gradient {
                        let read = weights.of(step, isRead: true)
                        let total = read.new.addingProduct(read.state, b)
                        let y = (read.new * value).addingProduct(read.state, a) / total
                        let arrived = Lanes(at: gradient + at, count: count) / total
                        let toNew = read.new * arrived
                        let toState = read.state * arrived
                        let exponent = toNew * (value - y)
                        toValue += toNew
                        toKey += exponent
                        ofFirst += exponent
                        g += toState
                        h -= toState * y
                    }
                    toValue.store(at: ofValue + at, count: count)
                    toKey.store(at: ofKey + at, count: count)
                }
            }
            var initial = State(initial, position, count)
            initial.p = initial.a * g + initial.b * h
            (initial.a, initial.b) = (g, h)
            initial.store(gradients.initial, position, count)
            ofDecay.store(at: ofRows + position, count: count)
            ofFirst.store(at: ofRows + rowCount + position, count: count)
            withExtendedLifetime(scratch) {}
        }
        for (target, rows) in [(gradients.decay, ofRows), (gradients.first, ofRows + rowCount)] {
            let target = target.assumingMemoryBound(to: T.self)
            for channel in 0..<channels {
                var total: T = 0
                for row in 0..<shape.batch { total += rows[row * channels + channel] }
                target[channel] = total
            }
        }
        withExtendedLifetime(rows) {}
    }
}
