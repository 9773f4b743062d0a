import ApusCore
import ApusKernelBase
import ApusMatrixKernels

extension WinogradConvolution {
    /// Whether the transformed weights are more than the transformed tiles: then these should be the ones to be kept.
    var goesByOutputs: Bool { tiles <= shape.outputs }

    /// The transformed weights of a panel: product p of its inputs goes to p · step, [inputs, panelWidth].
    ///
    /// - Parameters:
    ///   - w: [outputs, inputs, 3, 3]; where `isTransposed` [inputs, outputs, 3, 3], to be flipped along both axes.
    ///   - spare: 162 registers.
    @inline(__always)
    func transformWeights(
        _ w: UnsafePointer<Float>, isTransposed: Bool, panel: Int, into result: UnsafeMutablePointer<Float>,
        step: Int, _ spare: UnsafeMutablePointer<Float>
    ) {
        let (inputs, outputs) = (shape.inputs, shape.outputs)
        let (weights, half) = (spare, LaneRows(start: spare + 144 * 16, step: 16))
        for column in stride(from: 0, to: panelWidth, by: 16) {
            let first = panel * panelWidth + column
            // The last panel's padding is multiplied too, though nothing reads the results: it must hold numbers.
            let lanes = first < outputs ? 16 : 0
            if lanes == 0 { weights.update(repeating: 0, count: 144 * 16) }
            // As many inputs as lie together in a few lines of memory.
            for start in stride(from: 0, to: inputs, by: 16) {
                @inline(__always) func gather(_ index: Int, _ lane: Int) {
                    let (input, output) = (start + index, first + lane)
                    let kernel = w + (isTransposed ? input * outputs + output : output * inputs + input) * 9
                    let target = weights + index * 144 + lane
                    for k in 0..<9 { target[k * 16] = kernel[isTransposed ? 8 - k : k] }
                }
                if isTransposed {
                    for index in 0..<16 { for lane in 0..<lanes { gather(index, lane) } }
                } else {
                    for lane in 0..<lanes { for index in 0..<16 { gather(index, lane) } }
                }
                for index in 0..<16 {
                    let from = LaneRows(start: weights + index * 144, step: 16)
                    let to = LaneRows(start: result + (start + index) * panelWidth + column, step: step)
                    for j in 0..<3 { half.set(j, 3, Winograd.kernel((from[j], from[3 + j], from[6 + j]))) }
                    for i in 0..<6 {
                        to.set(i * 6, 1, Winograd.kernel((half[i * 3], half[i * 3 + 1], half[i * 3 + 2])))
                    }
                }
            }
        }
    }

    /// y = x ∗ w + bias.
    func real(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, isTransposed: Bool,
        _ bias: UnsafePointer<Float>?, relu: Bool, _ y: UnsafeMutablePointer<Float>
    ) {
        if goesByOutputs {
            return forwardByOutputs(x, w, isTransposed: isTransposed, bias, relu: relu, into: y)
        }
        let weights = transformed(w, isTransposed: isTransposed)
        forward(
            x, weights: weights.pointer.assumingMemoryBound(to: Float.self), bias: bias, relu: relu, into: y)
        withExtendedLifetime(weights) {}
    }

    /// Transformed weights of all panels, for `forward`.
    func transformed(_ w: UnsafePointer<Float>, isTransposed: Bool) -> Storage {
        let count = WinogradConvolution.weightCount(inputs: shape.inputs, outputs: shape.outputs)
        let weights = Storage(byteCount: count * 4)
        let start = weights.pointer.assumingMemoryBound(to: Float.self)
        let length = shape.inputs * panelWidth
        Parallel.tasks(panels, cost: 1 << 20) { panel in
            let scratch = Storage(byteCount: 162 * 64)
            transformWeights(
                w, isTransposed: isTransposed, panel: panel, into: start + panel * length,
                step: panels * length, scratch.pointer.assumingMemoryBound(to: Float.self))
            withExtendedLifetime(scratch) {}
        }
        return weights
    }

    /// The same where tiles are few and weights many: all tiles at a time, one panel of outputs after the other, whose
    /// weights never leave the cache.
    private func forwardByOutputs(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, isTransposed: Bool,
        _ bias: UnsafePointer<Float>?, relu: Bool, into y: UnsafeMutablePointer<Float>
    ) {
        let inputs = shape.inputs
        let count = (tiles + panelRows - 1) / panelRows * panelRows
        let storage = Storage(byteCount: Winograd.products * count * inputs * 4)
        let met = storage.pointer.assumingMemoryBound(to: Float.self)
        Parallel.runs(tiles, cost: inputs * 64) { run in
            let scratch = Storage(byteCount: 36 * 64)
            for tile in run {
                transformInput(
                    x, tile, into: met + tile * inputs, step: count * inputs,
                    scratch.pointer.assumingMemoryBound(to: Float.self))
            }
            withExtendedLifetime(scratch) {}
        }
        Parallel.tasks(panels, cost: 1 << 20) { panel in
            let scratch = Storage(
                byteCount: (Winograd.products * (inputs + count) * panelWidth + 162 * 16) * 4)
            let weights = scratch.pointer.assumingMemoryBound(to: Float.self)
            let products = weights + Winograd.products * inputs * panelWidth
            let spare = products + Winograd.products * count * panelWidth
            transformWeights(
                w, isTransposed: isTransposed, panel: panel, into: weights, step: inputs * panelWidth, spare)
            for product in 0..<Winograd.products {
                for row in stride(from: 0, to: count, by: panelRows) {
                    multiplyRows(
                        met + (product * count + row) * inputs, inputs,
                        weights + product * inputs * panelWidth,
                        depth: inputs, into: products + (product * count + row) * panelWidth, panelWidth)
                }
            }
            let outputs = (panel * panelWidth)..<min(panel * panelWidth + panelWidth, shape.outputs)
            for tile in 0..<tiles {
                transformOutput(
                    products + tile * panelWidth, tile, outputs, step: count * panelWidth, bias, relu: relu,
                    into: y, spare)
            }
            withExtendedLifetime(scratch) {}
        }
        withExtendedLifetime(storage) {}
    }

    /// The gradient of weights [outputs, inputs, 3, 3].
    func realWeightGradient(
        _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, into w: UnsafeMutablePointer<Float>
    ) {
        if goesByOutputs { return weightGradientByOutputs(x, gradient, into: w) }
        let inputs = shape.inputs
        let width = panels * panelWidth
        weightGradient(x, gradient) { parts, count, step in
            Parallel.runs(inputs, cost: shape.outputs * 64) { run in
                let scratch = Storage(byteCount: (36 + 18 + 9) * 64)
                let spare = scratch.pointer.assumingMemoryBound(to: Float.self)
                let sums = LaneRows(start: spare, step: 16)
                for input in run {
                    for column in stride(from: 0, to: shape.outputs, by: 16) {
                        for product in 0..<Winograd.products {
                            let first = parts + (product * inputs + input) * width + column
                            let each = LaneRows(start: UnsafeMutablePointer(mutating: first), step: step)
                            var sum = each[0]
                            for part in 1..<count { sum += each[part] }
                            sums[product] = sum
                        }
                        storeKernels(spare, input, column, into: w)
                    }
                }
                withExtendedLifetime(scratch) {}
            }
        }
    }

    /// The same where tiles are few and weights many: sums over all tiles for some inputs and a panel of outputs, which
    /// never leave the cache.
    private func weightGradientByOutputs(
        _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, into w: UnsafeMutablePointer<Float>
    ) {
        let (inputs, group) = (shape.inputs, 48)
        let metCount = Winograd.products * tiles * inputs
        let storage = Storage(byteCount: (metCount + Winograd.products * tiles * panels * panelWidth) * 4)
        let met = storage.pointer.assumingMemoryBound(to: Float.self)
        let gradients = met + metCount
        Parallel.runs(tiles, cost: (inputs + shape.outputs) * 64) { run in
            let scratch = Storage(byteCount: 36 * 64)
            let spare = scratch.pointer.assumingMemoryBound(to: Float.self)
            for tile in run {
                transformInput(
                    x, tile, into: met + tile * 16, step: tiles * inputs, channelStep: tiles * 16, spare)
                transformGradient(
                    gradient, tile, into: gradients + tile * panelWidth, panelStep: tiles * panelWidth, spare)
            }
            withExtendedLifetime(scratch) {}
        }
        let groups = (inputs + group - 1) / group
        Parallel.tasks(panels * groups, cost: 1 << 20) { unit in
            let (panel, first) = (unit % panels, unit / panels * group)
            let count = min(group, inputs - first)
            let scratch = Storage(byteCount: (Winograd.products * group * panelWidth + 63 * 16) * 4)
            let products = scratch.pointer.assumingMemoryBound(to: Float.self)
            let spare = products + Winograd.products * group * panelWidth
            let sums = LaneRows(start: spare, step: 16)
            for product in 0..<Winograd.products {
                // So many tiles of the gradient stay in the nearest cache.
                for start in stride(from: 0, to: tiles, by: 128) {
                    let b = gradients + ((product * panels + panel) * tiles + start) * panelWidth
                    for row in stride(from: first, to: first + count, by: panelChannels) {
                        multiplyColumns(
                            met + product * tiles * inputs + (row / 16 * tiles + start) * 16 + row % 16, b,
                            depth: min(128, tiles - start),
                            into: products + (product * group + row - first) * panelWidth, panelWidth,
                            accumulate: start > 0)
                    }
                }
            }
            for input in 0..<count {
                for column in stride(from: 0, to: min(panelWidth, shape.outputs - panel * panelWidth), by: 16)
                {
                    let from = LaneRows(
                        start: products + input * panelWidth + column, step: group * panelWidth)
                    for product in 0..<Winograd.products { sums[product] = from[product] }
                    storeKernels(spare, first + input, panel * panelWidth + column, into: w)
                }
            }
            withExtendedLifetime(scratch) {}
        }
        withExtendedLifetime(storage) {}
    }

    /// The gradient of the kernels from an input to 16 outputs, of which 36 registers have the sums of the products.
    @inline(__always)
    private func storeKernels(
        _ spare: UnsafeMutablePointer<Float>, _ input: Int, _ output: Int, into w: UnsafeMutablePointer<Float>
    ) {
        let values = spare + 54 * 16
        Winograd.kernelGradient(
            of: LaneRows(start: spare, step: 16), LaneRows(start: spare + 36 * 16, step: 16),
            into: LaneRows(start: values, step: 16))
        for lane in 0..<16 {
            let kernel = w + ((output + lane) * shape.inputs + input) * 9
            for k in 0..<9 { kernel[k] = values[k * 16 + lane] }
        }
    }
}
