import ApusKernelBase
import ApusMatrixKernels
import ApusCore

/// Convolutions of planes with 3 × 3 kernels, and the gradients of their weights, by tiles of 4 × 4 positions.
///
/// Where tiles are many, a block of them is transformed, multiplied with the transformed weights and transformed back while
/// it stays in a core's cache. Where weights are many, a panel of them does, for all tiles. Images lie channels last;
/// channels are multiples of 16.
struct WinogradConvolution {
    let shape: ConvolutionShape
    let tileRows: Int
    let tileColumns: Int
    let tiles: Int
    /// Tiles that are computed together: whole panels of rows.
    let blockLength: Int
    /// Panels of `panelWidth` outputs; the last one's end may be padding.
    let panels: Int

    /// nil where tiles or registers would stay too empty to be worth it.
    init?(_ shape: ConvolutionShape) {
        guard
            shape.kernel == [3, 3] && shape.stride == [1, 1] && shape.groups == 1,
            shape.inputs % 16 == 0 && shape.outputs % 16 == 0 && min(shape.inputs, shape.outputs) >= 32
        else { return nil }
        self.shape = shape
        tileRows = Self.tiles(shape.output[0], shape.dilation[0])
        tileColumns = Self.tiles(shape.output[1], shape.dilation[1])
        tiles = shape.batch * tileRows * tileColumns
        panels = (shape.outputs + panelWidth - 1) / panelWidth
        guard tiles >= 24, shape.outputCount / shape.outputs >= tiles * 8 else { return nil }
        let bytes = Winograd.products * (shape.inputs + panels * panelWidth) * 4
        blockLength = max(12, min(96, (tiles + 1) / 2, 1 << 19 / bytes) / 12 * 12)
    }

    /// Floats of transformed weights: for each product and panel [inputs, panelWidth].
    static func weightCount(inputs: Int, outputs: Int) -> Int {
        Winograd.products * ((outputs + panelWidth - 1) / panelWidth) * panelWidth * inputs
    }

    private var blocks: Int { (tiles + blockLength - 1) / blockLength }
    private var inputCount: Int { Winograd.products * blockLength * shape.inputs }
    private var outputCount: Int { Winograd.products * blockLength * panels * panelWidth }

    /// y = x ∗ w + bias, with transformed weights.
    func forward(
        _ x: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        relu: Bool = false, into y: UnsafeMutablePointer<Float>
    ) {
        let (channels, width) = (shape.inputs, panels * panelWidth)
        Parallel.units(blocks, cost: 1 << 20) { block in
            let scratch = Storage(byteCount: (inputCount + outputCount + 36 * 16) * 4)
            let met = scratch.pointer.assumingMemoryBound(to: Float.self)
            let (products, spare) = (met + inputCount, met + inputCount + outputCount)
            let range = (block * blockLength)..<min((block + 1) * blockLength, tiles)
            for tile in range {
                transformInput(
                    x, tile, into: met + (tile - range.lowerBound) * channels, step: blockLength * channels,
                    spare)
            }
            for product in 0..<Winograd.products {
                let a = met + product * blockLength * channels
                let c = products + product * blockLength * width
                for panel in 0..<panels {
                    let b = weights + (product * panels + panel) * channels * panelWidth
                    for row in stride(from: 0, to: range.count, by: panelRows) {
                        multiplyRows(
                            a + row * channels, channels, b, depth: channels,
                            into: c + row * width + panel * panelWidth, width)
                    }
                }
            }
            for tile in range {
                transformOutput(
                    products + (tile - range.lowerBound) * width, tile, 0..<shape.outputs,
                    step: blockLength * width, bias, relu: relu, into: y, spare)
            }
            withExtendedLifetime(scratch) {}
        }
    }

    /// The gradient of the transformed weights: for each product [inputs, panelWidth·panels]. Sums over fixed
    /// parts of the tiles, which `body` gets in order.
    func weightGradient(
        _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
        _ body: (_ parts: UnsafePointer<Float>, _ count: Int, _ step: Int) -> Void
    ) {
        let (channels, width) = (shape.inputs, panels * panelWidth)
        let parts = min(blocks, 4)
        let step = Winograd.products * channels * width
        let sums = Storage(byteCount: parts * step * 4)
        let start = sums.pointer.assumingMemoryBound(to: Float.self)
        Parallel.units(parts, cost: 1 << 20) { part in
            let scratch = Storage(byteCount: (inputCount + outputCount + 36 * 16) * 4)
            let met = scratch.pointer.assumingMemoryBound(to: Float.self)
            let (products, spare) = (met + inputCount, met + inputCount + outputCount)
            let first = blocks * part / parts
            for block in first..<(blocks * (part + 1) / parts) {
                let range = (block * blockLength)..<min((block + 1) * blockLength, tiles)
                for tile in range {
                    let index = tile - range.lowerBound
                    transformInput(
                        x, tile, into: met + index * 16, step: blockLength * channels,
                        channelStep: blockLength * 16, spare)
                    transformGradient(
                        gradient, tile, into: products + index * panelWidth,
                        panelStep: blockLength * panelWidth, spare)
                }
                for product in 0..<Winograd.products {
                    let a = met + product * blockLength * channels
                    let c = start + part * step + product * channels * width
                    for panel in 0..<panels {
                        let b = products + (product * panels + panel) * blockLength * panelWidth
                        for row in stride(from: 0, to: channels, by: panelChannels) {
                            multiplyColumns(
                                a + row / 16 * blockLength * 16 + row % 16, b, depth: range.count,
                                into: c + row * width + panel * panelWidth, width, accumulate: block > first)
                        }
                    }
                }
            }
            withExtendedLifetime(scratch) {}
        }
        body(start, parts, step)
        withExtendedLifetime(sums) {}
    }

    // MARK: Transforms of a tile

    // The positions of a dilated convolution fall into as many groups along an axis as it is dilated; those of a group see
    // nothing of the others, and are neighbors in tiles of their own.

    /// Tiles along an axis.
    private static func tiles(_ extent: Int, _ dilation: Int) -> Int {
        let groups = min(dilation, extent)
        return groups * (((extent + dilation - 1) / dilation + 3) / 4)
    }

    /// The first position of a tile along an axis.
    @inline(__always)
    private func first(_ tile: Int, _ axis: Int) -> Int {
        let dilation = shape.dilation[axis]
        let groups = min(dilation, shape.output[axis])
        return tile / groups * 4 * dilation + tile % groups
    }

    /// How many positions of a tile there are along an axis, four unless it hangs over the edge.
    @inline(__always)
    private func positions(from first: Int, _ axis: Int) -> Int {
        let dilation = shape.dilation[axis]
        return max(0, min(4, (shape.output[axis] - first + dilation - 1) / dilation))
    }

    private func position(_ tile: Int) -> (image: Int, row: Int, column: Int) {
        let (image, rest) = (tile / (tileRows * tileColumns), tile % (tileRows * tileColumns))
        return (image, first(rest / tileColumns, 0), first(rest % tileColumns, 1))
    }

    /// Product p of 16 channels from c on goes to p · step + c / 16 · channelStep.
    @inline(__always)
    func transformInput(
        _ x: UnsafePointer<Float>, _ tile: Int, into target: UnsafeMutablePointer<Float>, step: Int,
        channelStep: Int = 16, _ spare: UnsafeMutablePointer<Float>
    ) {
        let (height, width, channels) = (shape.input[0], shape.input[1], shape.inputs)
        let (image, row, column) = position(tile)
        let (top, left) = (row - shape.before[0], column - shape.before[1])
        let source = x + image * height * width * channels + (top * width + left) * channels
        let half = LaneRows(start: spare, step: 16)
        let (down, across) = (shape.dilation[0], shape.dilation[1])
        let isInside = top >= 0 && left >= 0 && top + 5 * down < height && left + 5 * across < width
        for channel in stride(from: 0, to: channels, by: 16) {
            let from = LaneRows(start: UnsafeMutablePointer(mutating: source) + channel, step: channels)
            let to = LaneRows(start: target + channel / 16 * channelStep, step: step)
            if isInside {
                for j in 0..<6 { half.set(j, 6, Winograd.input(from.six(j * across, down * width))) }
            } else {
                @inline(__always)
                func read(_ i: Int, _ j: Int) -> Lanes {
                    let (row, column) = (i * down, j * across)
                    let isThere =
                        top + row >= 0 && top + row < height && left + column >= 0 && left + column < width
                    return isThere ? from[row * width + column] : .zero
                }
                for j in 0..<6 {
                    let six = (read(0, j), read(1, j), read(2, j), read(3, j), read(4, j), read(5, j))
                    half.set(j, 6, Winograd.input(six))
                }
            }
            for i in 0..<6 { to.set(i * 6, 1, Winograd.input(half.six(i * 6, 1))) }
        }
    }

    /// Product p of the first of `outputs` is at p · step.
    @inline(__always)
    func transformOutput(
        _ source: UnsafeMutablePointer<Float>, _ tile: Int, _ outputs: Range<Int>, step: Int,
        _ bias: UnsafePointer<Float>?, relu: Bool, into y: UnsafeMutablePointer<Float>,
        _ spare: UnsafeMutablePointer<Float>
    ) {
        let (height, width, channels) = (shape.output[0], shape.output[1], shape.outputs)
        let (image, row, column) = position(tile)
        let target = y + ((image * height + row) * width + column) * channels
        let half = LaneRows(start: spare, step: 16)
        let (rows, columns) = (positions(from: row, 0), positions(from: column, 1))
        let (down, across) = (shape.dilation[0] * width, shape.dilation[1])
        @inline(__always) func finished(_ sum: Lanes) -> Lanes {
            relu ? sum.replacing(with: Lanes.zero, where: sum .< Lanes.zero) : sum  // NaN passes
        }
        for channel in stride(from: outputs.lowerBound, to: outputs.upperBound, by: 16) {
            let from = LaneRows(start: source + (channel - outputs.lowerBound), step: step)
            let to = LaneRows(start: target + channel, step: channels)
            let shift =
                bias.map { UnsafeRawPointer($0 + channel).loadUnaligned(as: Lanes.self) } ?? .zero
            for j in 0..<6 {
                let four = Winograd.output(from.six(j, 6))
                half[j] = four.0
                half[6 + j] = four.1
                half[12 + j] = four.2
                half[18 + j] = four.3
            }
            for i in 0..<rows {
                let four = Winograd.output(half.six(i * 6, 1))
                if columns > 0 { to[i * down] = finished(four.0 + shift) }
                if columns > 1 { to[i * down + across] = finished(four.1 + shift) }
                if columns > 2 { to[i * down + 2 * across] = finished(four.2 + shift) }
                if columns > 3 { to[i * down + 3 * across] = finished(four.3 + shift) }
            }
        }
    }

    /// Product p of the outputs of one panel goes to (p · panels + panel) · panelStep.
    @inline(__always)
    func transformGradient(
        _ gradient: UnsafePointer<Float>, _ tile: Int, into target: UnsafeMutablePointer<Float>,
        panelStep: Int, _ spare: UnsafeMutablePointer<Float>
    ) {
        let (height, width, channels) = (shape.output[0], shape.output[1], shape.outputs)
        let (image, row, column) = position(tile)
        let source = gradient + ((image * height + row) * width + column) * channels
        let half = LaneRows(start: spare, step: 16)
        let (rows, columns) = (positions(from: row, 0), positions(from: column, 1))
        let (down, across) = (shape.dilation[0] * width, shape.dilation[1])
        for channel in stride(from: 0, to: channels, by: 16) {
            let from = LaneRows(start: UnsafeMutablePointer(mutating: source) + channel, step: channels)
            let to = LaneRows(
                start: target + channel / panelWidth * panelStep + channel % panelWidth,
                step: panels * panelStep)
            @inline(__always)
            func read(_ i: Int, _ j: Int) -> Lanes {
                i < rows && j < columns ? from[i * down + j * across] : .zero
            }
            for j in 0..<4 {
                half.set(j, 4, Winograd.outputGradient((read(0, j), read(1, j), read(2, j), read(3, j))))
            }
            for i in 0..<6 {
                let four = (half[i * 4], half[i * 4 + 1], half[i * 4 + 2], half[i * 4 + 3])
                to.set(i * 6, 1, Winograd.outputGradient(four))
            }
        }
    }
}
