import ApusCore
import ApusKernelBase
import ApusMatrixKernels

extension WinogradConvolution {
    /// Whether the transformed weights are more than the transformed tiles: then these should be the ones to be kept.
    var goesByOutputs: Bool { tiles <= width }

    /// Tiles, and what fills the last panel of rows.
    var tilesInPanels: Int { (tiles + panelRows - 1) / panelRows * panelRows }

    /// Whether so many fewer products pay for transformed weights, which are read from memory in each call and are
    /// four times as large as a kernel of 3×3: not for the smallest images, whose tiles do not fill a panel of rows.
    var isWorthItsWeights: Bool {
        let positions =
            geometry.batch * geometry.outputPlanes * geometry.rows.output * geometry.columns.output
        return 2 * Winograd.products * tilesInPanels * width * depth
            <= positions * geometry.window * inputs * outputs
    }

    private enum Weights {
        case asTheyAre(UnsafePointer<Float>)
        case transformed(UnsafePointer<Float>)

        var areTransformed: Bool { if case .transformed = self { true } else { false } }
    }

    private var taps: Int { geometry.taps * geometry.taps }
    /// Registers that `transformWeights` needs; more than a tile of the result does.
    private var spareRegisters: Int { 16 * taps + 6 * geometry.taps }

    /// The transformed weights of a panel: product p of its inputs goes to p · step, [depth, panelWidth].
    ///
    /// - Parameters:
    ///   - w: [outputs, inputs, kernel…]; backwards [inputs, outputs, kernel…].
    ///   - spare: `spareRegisters`.
    @inline(__always)
    private func transformWeights(
        _ w: UnsafePointer<Float>, panel: Int, into result: UnsafeMutablePointer<Float>, step: Int,
        _ spare: UnsafeMutablePointer<Float>
    ) {
        @inline(__always) func transform(_ count: Int) {
            transformWeights(w, panel: panel, into: result, step: step, spare, count)
        }
        // As `Winograd.unrolled`, whose closure would not be inlined here: that costs a tenth of the convolution.
        switch geometry.taps {
        case 2: transform(2)
        case 3: transform(3)
        case 4: transform(4)
        default: transform(5)
        }
    }

    @inline(__always)
    private func transformWeights(
        _ w: UnsafePointer<Float>, panel: Int, into result: UnsafeMutablePointer<Float>, step: Int,
        _ spare: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        let length = count * count * 16
        let half = LaneRows(start: spare + 16 * length, step: 16)
        for column in stride(from: 0, to: panelWidth, by: 16) {
            let first = panel * panelWidth + column
            let target = min(first, width - 1) / outputs
            // As many inputs as lie together in a few lines of memory.
            for start in stride(from: 0, to: depth, by: 16) {
                // Without packing all sixteen are of one kind.
                let (source, channel) = (start / inputs, start % inputs)
                let weights = geometry.weights[source * geometry.targets.count + target]
                @inline(__always) func gather(_ index: Int, _ lane: Int) {
                    var (weights, input) = (weights, channel + index)
                    if isPacked {
                        if index >= summed { return }
                        (weights, input) = (geometry.weights[index / inputs], index % inputs)
                    }
                    let output = first % outputs + lane
                    let kernel =
                        w + (isBackward ? input * outputs + output : output * inputs + input)
                        * geometry.window
                    let target = spare + index * length + lane
                    for weight in weights { target[weight.position * 16] = kernel[weight.index] }
                }
                // Positions of the kernel without a weight are zero, and so is padding: it is multiplied too, though
                // nothing reads the results, and must hold numbers.
                if isPacked || weights.count < count * count || first >= width {
                    spare.update(repeating: 0, count: 16 * length)
                }
                let lanes = first < width ? 16 : 0
                if isBackward {
                    for index in 0..<16 { for lane in 0..<lanes { gather(index, lane) } }
                } else {
                    for lane in 0..<lanes { for index in 0..<16 { gather(index, lane) } }
                }
                for index in 0..<16 {
                    let to = LaneRows(start: result + (start + index) * panelWidth + column, step: step)
                    Winograd.kernel(of: LaneRows(start: spare + index * length, step: 16), count, half) {
                        to.set($0, 1, $1)
                    }
                }
            }
        }
    }

    /// The image that is written, and bias.
    func multiply(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, bias: UnsafePointer<Float>?, relu: Bool,
        into y: UnsafeMutablePointer<Float>
    ) {
        if goesByOutputs { return multiplyByOutputs(x, .asTheyAre(w), bias, relu: relu, into: y) }
        let weights = transformed(w)
        multiplyByTiles(
            x, weights: weights.pointer.assumingMemoryBound(to: Float.self), bias: bias, relu: relu, into: y)
        withExtendedLifetime(weights) {}
    }

    /// The same with weights that are `transformed`.
    func multiply(
        _ x: UnsafePointer<Float>, transformed weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        relu: Bool, into y: UnsafeMutablePointer<Float>
    ) {
        if goesByOutputs { return multiplyByOutputs(x, .transformed(weights), bias, relu: relu, into: y) }
        multiplyByTiles(x, weights: weights, bias: bias, relu: relu, into: y)
    }

    /// Transformed weights: for each product and panel [depth, panelWidth].
    func transformed(_ w: UnsafePointer<Float>) -> Storage {
        let weights = Storage(byteCount: weightCount * 4)
        let start = weights.pointer.assumingMemoryBound(to: Float.self)
        let length = depth * panelWidth
        Parallel.tasks(panels, cost: 1 << 20) { panel in
            let scratch = Storage(byteCount: spareRegisters * 64)
            transformWeights(
                w, panel: panel, into: start + panel * length, step: panels * length,
                scratch.pointer.assumingMemoryBound(to: Float.self))
            withExtendedLifetime(scratch) {}
        }
        return weights
    }

    /// The same where tiles are few and weights many: all tiles at a time, one panel of outputs after the other, whose
    /// weights never leave the cache.
    private func multiplyByOutputs(
        _ x: UnsafePointer<Float>, _ w: Weights, _ bias: UnsafePointer<Float>?, relu: Bool,
        into y: UnsafeMutablePointer<Float>
    ) {
        let count = tilesInPanels
        let length = depth * panelWidth
        let storage = Storage(byteCount: Winograd.products * count * depth * 4)
        let met = storage.pointer.assumingMemoryBound(to: Float.self)
        Parallel.runs(tiles, cost: depth * 64) { run in
            let scratch = Storage(byteCount: Self.spareCount * 4)
            for tile in run {
                transformInput(
                    x, tile, into: met + tile * depth, step: count * depth,
                    scratch.pointer.assumingMemoryBound(to: Float.self))
            }
            withExtendedLifetime(scratch) {}
        }
        Parallel.tasks(panels, cost: 1 << 20) { panel in
            let own = w.areTransformed ? 0 : Winograd.products * length
            let scratch = Storage(
                byteCount: (own + Winograd.products * count * panelWidth + spareRegisters * 16) * 4)
            let products = scratch.pointer.assumingMemoryBound(to: Float.self)
            let spare = products + Winograd.products * count * panelWidth
            let (weights, step): (UnsafePointer<Float>, Int)
            switch w {
            case .transformed(let all): (weights, step) = (all + panel * length, panels * length)
            case .asTheyAre(let w):
                let target = spare + spareRegisters * 16
                transformWeights(w, panel: panel, into: target, step: length, spare)
                (weights, step) = (UnsafePointer(target), length)
            }
            for product in 0..<Winograd.products {
                for row in stride(from: 0, to: count, by: panelRows) {
                    multiplyRows(
                        met + (product * count + row) * depth, depth, weights + product * step,
                        depth: summed, into: products + (product * count + row) * panelWidth, panelWidth)
                }
            }
            let outputs = (panel * panelWidth)..<min(panel * panelWidth + panelWidth, width)
            for tile in 0..<tiles {
                transformOutput(
                    products + tile * panelWidth, tile, outputs, step: count * panelWidth, bias, relu: relu,
                    streams: false, into: y, spare)
            }
            withExtendedLifetime(scratch) {}
        }
        withExtendedLifetime(storage) {}
    }

    /// The gradient of weights [outputs, inputs, kernel…].
    func weightGradient(
        _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, into w: UnsafeMutablePointer<Float>
    ) {
        if goesByOutputs { return weightGradientByOutputs(x, gradient, into: w) }
        let row = panels * panelWidth
        weightGradient(x, gradient) { parts, count, step in
            Parallel.runs(depth, cost: outputs * 64) { run in
                let scratch = Storage(byteCount: kernelRegisters * 64)
                let spare = scratch.pointer.assumingMemoryBound(to: Float.self)
                let sums = LaneRows(start: spare, step: 16)
                for input in run {
                    for column in stride(from: 0, to: outputs, by: 16) {
                        for product in 0..<Winograd.products {
                            let first = parts + (product * depth + input) * row + column
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
        let group = 48
        let metCount = Winograd.products * tiles * depth
        let storage = Storage(byteCount: (metCount + Winograd.products * tiles * panels * panelWidth) * 4)
        let met = storage.pointer.assumingMemoryBound(to: Float.self)
        let gradients = met + metCount
        Parallel.runs(tiles, cost: (depth + width) * 64) { run in
            let scratch = Storage(byteCount: Self.spareCount * 4)
            let spare = scratch.pointer.assumingMemoryBound(to: Float.self)
            for tile in run {
                transformInput(
                    x, tile, into: met + tile * 16, step: tiles * depth, channelStep: tiles * 16, spare)
                transformGradient(
                    gradient, tile, into: gradients + tile * panelWidth, panelStep: tiles * panelWidth, spare)
            }
            withExtendedLifetime(scratch) {}
        }
        let groups = (depth + group - 1) / group
        Parallel.tasks(panels * groups, cost: 1 << 20) { unit in
            let (panel, first) = (unit % panels, unit / panels * group)
            let count = min(group, depth - first)
            let scratch = Storage(
                byteCount: (Winograd.products * group * panelWidth + kernelRegisters * 16) * 4)
            let products = scratch.pointer.assumingMemoryBound(to: Float.self)
            let spare = products + Winograd.products * group * panelWidth
            let sums = LaneRows(start: spare, step: 16)
            for product in 0..<Winograd.products {
                // So many tiles of the gradient stay in the nearest cache.
                for start in stride(from: 0, to: tiles, by: 128) {
                    let b = gradients + ((product * panels + panel) * tiles + start) * panelWidth
                    for row in stride(from: first, to: first + count, by: panelChannels) {
                        multiplyColumns(
                            met + product * tiles * depth + (row / 16 * tiles + start) * 16 + row % 16, b,
                            depth: min(128, tiles - start),
                            into: products + (product * group + row - first) * panelWidth, panelWidth,
                            accumulate: start > 0)
                    }
                }
            }
            for input in 0..<count {
                for column in stride(from: 0, to: min(panelWidth, width - panel * panelWidth), by: 16) {
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

    /// 36 products, and the kernel half and wholly transformed back.
    private var kernelRegisters: Int { 36 + 6 * geometry.taps + taps }

    /// The gradient of the kernels from one of `depth` inputs to sixteen outputs, of which 36 registers have the sums of the
    /// products.
    @inline(__always)
    private func storeKernels(
        _ spare: UnsafeMutablePointer<Float>, _ input: Int, _ output: Int, into w: UnsafeMutablePointer<Float>
    ) {
        let values = spare + (36 + 6 * geometry.taps) * 16
        if input >= summed { return }
        Winograd.unrolled(geometry.taps) { count in
            Winograd.kernelGradient(
                of: LaneRows(start: spare, step: 16), count, LaneRows(start: spare + 36 * 16, step: 16),
                into: LaneRows(start: values, step: 16))
        }
        let (source, channel) = (input / inputs, input % inputs)
        for lane in 0..<16 {
            let kernel = w + ((output + lane) * inputs + channel) * geometry.window
            for weight in geometry.weights[source] {
                kernel[weight.index] = values[weight.position * 16 + lane]
            }
        }
    }
}
