import ApusCore
import ApusKernelBase

extension Kernels {
    /// The gradients of a selective scan; see `SequenceCalls`.
    package static func selectiveScanGradient(
        _ shape: SelectiveScanShape, _ dtype: DType, _ operands: SelectiveScanOperands,
        kept: UnsafeRawPointer, gradient: UnsafeRawPointer?, ofLast: UnsafeRawPointer?,
        into gradients: SelectiveScanGradients
    ) {
        withRowType(dtype) {
            SelectiveScan($0, shape, operands).runGradient(kept, gradient, ofLast, gradients)
        } _: {
            SelectiveScan($0, shape, operands).runGradient(kept, gradient, ofLast, gradients)
        }
    }
}

extension SelectiveScan {
    // From the last step to the first, with g the gradient of the state h after a step, Δ its size and a = e^(ΔA):
    // g += dy C, dC = Σ h dy, dB = Σ g Δ x, dx = Δ Σ g B, dΔ = Σ g (A a h₋₁ + B x), dA += g Δ a h₋₁, and then g *= a
    // (Gu and Dao 2023, "Mamba"). States between kept ones are computed again.
    @inline(__always)
    fileprivate func runGradient(
        _ kept: UnsafeRawPointer, _ gradient: UnsafeRawPointer?, _ ofLast: UnsafeRawPointer?,
        _ gradients: SelectiveScanGradients
    ) {
        let kept = kept.assumingMemoryBound(to: T.self)
        let gradient = gradient?.assumingMemoryBound(to: T.self)
        let ofLast = ofLast?.assumingMemoryBound(to: T.self)
        let lanes = SelectiveScanShape.lanes
        let (states, blocks, groups, span) = (shape.states, shape.blocks, shape.groups, shape.span)
        let (channels, steps) = (shape.channels, shape.steps)
        let size = states * lanes
        let ofX = gradients.x.assumingMemoryBound(to: T.self)
        let ofStep = gradients.step.assumingMemoryBound(to: T.self)
        let ofInitial = gradients.initial.assumingMemoryBound(to: T.self)
        // What several units add to: of the decay for each sequence, of input and output for each group.
        let decays = Storage(byteCount: max(1, max(shape.batch, 1) * blocks * size) * MemoryLayout<T>.size)
        let ofDecay = decays.pointer.assumingMemoryBound(to: T.self)
        let rowCount = shape.batch * steps * states
        let rows = Storage(byteCount: max(1, groups * 2 * rowCount) * MemoryLayout<T>.size)
        let ofRows = rows.pointer.assumingMemoryBound(to: T.self)
        Parallel.units(shape.batch * groups, cost: 4 * cost * blocks / groups) { unit in
            let (row, group) = (unit / groups, unit % groups)
            let range = (blocks * group / groups)..<(blocks * (group + 1) / groups)
            let scratch = Storage(
                byteCount: ((4 * span + 2) * size + 2 * range.count * size) * MemoryLayout<T>.size)
            let states0 = scratch.pointer.assumingMemoryBound(to: T.self)
            // Of each step of a span: the states before it, and what they are multiplied with; sums over blocks.
            let factors = states0 + (span + 1) * size
            let (inputs, outputs) = (factors + span * size, factors + 2 * span * size)
            let rates = outputs + span * size
            let flows = rates + range.count * size
            for block in range {
                let (first, count, index) = (block * lanes, count(block), (block - range.lowerBound) * size)
                gather(decay + first * states, count, into: rates + index)
                (ofDecay + (row * blocks + block) * size).update(repeating: 0, count: size)
                if let ofLast {
                    gather(ofLast + (row * channels + first) * states, count, into: flows + index)
                } else {
                    (flows + index).update(repeating: 0, count: size)
                }
            }
            for part in (0..<shape.spans).reversed() {
                let times = (part * span)..<min((part + 1) * span, steps)
                inputs.update(repeating: 0, count: 2 * span * size)
                for block in range {
                    let (first, count, index) = (
                        block * lanes, count(block), (block - range.lowerBound) * size
                    )
                    let (rates, flow) = (rates + index, flows + index)
                    let ofDecay = ofDecay + (row * blocks + block) * size
                    states0.update(
                        from: kept + ((row * shape.spans + part) * blocks + block) * size, count: size)
                    for time in times {
                        let i = time - times.lowerBound
                        let at = (row * steps + time) * channels + first
                        let delta = Lanes(at: step + at, count: count)
                        let state = states0 + (i + 1) * size
                        state.update(from: states0 + i * size, count: size)
                        advance(
                            state, rates, factors + i * size, delta, delta * Lanes(at: x + at, count: count),
                            row, time)
                    }
                    for time in times.reversed() {
                        let i = time - times.lowerBound
                        let at = (row * steps + time) * channels + first
                        let weights = (row * steps + time) * states
                        let (delta, value) = (
                            Lanes(at: step + at, count: count), Lanes(at: x + at, count: count)
                        )
                        let arrived = gradient.map { Lanes(at: $0 + at, count: count) } ?? Lanes(repeating: 0)
                        let scaled = delta * value
                        var (throughInput, throughDecay) = (Lanes(repeating: 0), Lanes(repeating: 0))
                        for n in 0..<states {
                            let lane = n * lanes
                            let before = Lanes(at: states0 + (i * size + lane))
                            let after = Lanes(at: states0 + ((i + 1) * size + lane))
                            let factor = Lanes(at: factors + (i * size + lane))
                            let g = Lanes(at: flow + lane)
                                .addingProduct(arrived, Lanes(repeating: output[weights + n]))
                            let (toOutput, toInput) = (
                                outputs + (i * size + lane), inputs + (i * size + lane)
                            )
                            Lanes(at: toOutput).addingProduct(after, arrived).store(at: toOutput)
                            Lanes(at: toInput).addingProduct(g, scaled).store(at: toInput)
                            throughInput = throughInput.addingProduct(g, Lanes(repeating: input[weights + n]))
                            let passed = g * factor
                            let kept = passed * before
                            throughDecay = throughDecay.addingProduct(kept, Lanes(at: rates + lane))
                            Lanes(at: ofDecay + lane).addingProduct(kept, delta).store(at: ofDecay + lane)
                            passed.store(at: flow + lane)
                        }
                        (delta * throughInput).store(at: ofX + at, count: count)
                        throughDecay.addingProduct(value, throughInput).store(at: ofStep + at, count: count)
                    }
                }
                for time in times {
                    let (i, weights) = (time - times.lowerBound, (row * steps + time) * states)
                    let target = ofRows + group * 2 * rowCount + weights
                    for n in 0..<states {
                        target[n] = Lanes(at: inputs + (i * size + n * lanes)).sum()
                        target[rowCount + n] = Lanes(at: outputs + (i * size + n * lanes)).sum()
                    }
                }
            }
            for block in range {
                let (first, index) = (block * lanes, (block - range.lowerBound) * size)
                scatter(
                    flows + index, count(block), into: ofInitial + (row * channels + first) * states)
            }
            withExtendedLifetime(scratch) {}
        }
        sum(
            ofRows, groups, step: 2 * rowCount, rowCount,
            into: gradients.input.assumingMemoryBound(to: T.self))
        sum(
            ofRows + rowCount, groups, step: 2 * rowCount, rowCount,
            into: gradients.output.assumingMemoryBound(to: T.self))
        sum(ofDecay, shape.batch, step: blocks * size, blocks * size, into: ofDecay)
        for block in 0..<blocks {
            scatter(
                ofDecay + block * size, count(block),
                into: gradients.decay.assumingMemoryBound(to: T.self) + block * lanes * states)
        }
        withExtendedLifetime((decays, rows)) {}
    }

    /// The sum of `parts` arrays, in order.
    @inline(__always)
    private func sum(
        _ x: UnsafePointer<T>, _ parts: Int, step: Int, _ count: Int, into result: UnsafeMutablePointer<T>
    ) {
        Parallel.ranges(count, grain: 16_384) { range in
            for i in range {
                var total: T = parts == 0 ? 0 : x[i]
                for part in 1..<max(parts, 1) { total += x[part * step + i] }
                result[i] = total
            }
        }
    }
}
