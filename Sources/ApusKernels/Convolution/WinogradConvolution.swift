import ApusKernelBase
import ApusMatrixKernels
import ApusCore
import CProcessor

/// Convolutions by Winograd's minimal filtering along two axes, and the gradients of their inputs and weights.
///
/// Where tiles are many, a block of them is transformed, multiplied with the transformed weights and transformed back while
/// it stays in a core's cache. Where weights are many, a panel of them does, for all tiles. Images lie channels last;
/// channels are multiples of 16, but for the few of a picture.
struct WinogradConvolution {
    let geometry: WinogradGeometry
    let isBackward: Bool
    /// Channels of the image that is read, and of the one that is written.
    let inputs: Int
    let outputs: Int
    /// Whether the few channels of four kinds of positions are read together, filled up to sixteen.
    let isPacked: Bool
    /// Numbers of a position that are summed over, and that are written: channels of all kinds.
    let depth: Int
    let width: Int
    let tiles: Int
    /// Tiles that are computed together: whole panels of rows.
    let blockLength: Int
    /// Panels of `panelWidth` numbers; the last one's end may be padding.
    let panels: Int

    /// nil where tiles or registers would stay too empty to be worth it.
    ///
    /// - Parameter isBackward: for the gradient of the input.
    init?(_ shape: ConvolutionShape, isBackward: Bool = false) {
        (inputs, outputs) =
            isBackward ? (shape.outputs, shape.inputs) : (shape.inputs, shape.outputs)
        isPacked = !isBackward && inputs <= 4 && shape.stride == [2, 2]
        guard inputs % 16 == 0 || isPacked, outputs % 16 == 0,
            let geometry = WinogradGeometry(shape, isBackward: isBackward),
            geometry.rows.windows > 0 && geometry.columns.windows > 0
        else { return nil }
        self.geometry = geometry
        self.isBackward = isBackward
        depth = isPacked ? 16 : geometry.sources.count * inputs
        width = geometry.targets.count * outputs
        guard isPacked || depth >= 32, width >= 32 else { return nil }
        tiles = geometry.tiles
        panels = (width + panelWidth - 1) / panelWidth
        // With more than half of the products left, the transforms would take what is gained.
        let sums = shape.output.reduce(shape.batch, *) * geometry.window * shape.inputs * shape.outputs
        guard tiles >= 24, sums >= 2 * tiles * Winograd.products * depth * width else { return nil }
        let bytes = Winograd.products * (depth + panels * panelWidth) * 4
        blockLength = max(12, min(96, (tiles + 1) / 2, 1 << 19 / bytes) / 12 * 12)
    }

    /// Floats of transformed weights: for each product and panel [depth, panelWidth].
    var weightCount: Int { Winograd.products * panels * panelWidth * depth }

    /// Those of `depth` that are not padding.
    var summed: Int { geometry.sources.count * inputs }

    /// Floats that a transform of a tile needs.
    static let spareCount = 36 * 16 + 12 * packedRow

    private var blocks: Int { (tiles + blockLength - 1) / blockLength }
    private var inputCount: Int { Winograd.products * blockLength * depth }
    private var outputCount: Int { Winograd.products * blockLength * panels * panelWidth }

    /// The image that is written, and bias, with transformed weights, one block of tiles after the other.
    func multiplyByTiles(
        _ x: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        relu: Bool = false, into y: UnsafeMutablePointer<Float>
    ) {
        let row = panels * panelWidth
        let streams = streams(y)
        Parallel.units(blocks, cost: 1 << 20) { block in
            let scratch = Storage(byteCount: (inputCount + outputCount + Self.spareCount) * 4)
            let met = scratch.pointer.assumingMemoryBound(to: Float.self)
            let (products, spare) = (met + inputCount, met + inputCount + outputCount)
            let range = (block * blockLength)..<min((block + 1) * blockLength, tiles)
            for tile in range {
                transformInput(
                    x, tile, into: met + (tile - range.lowerBound) * depth, step: blockLength * depth, spare)
            }
            for product in 0..<Winograd.products {
                let a = met + product * blockLength * depth
                let c = products + product * blockLength * row
                for panel in 0..<panels {
                    let b = weights + (product * panels + panel) * depth * panelWidth
                    for tile in stride(from: 0, to: range.count, by: panelRows) {
                        multiplyRows(
                            a + tile * depth, depth, b, depth: summed,
                            into: c + tile * row + panel * panelWidth, row)
                    }
                }
            }
            for tile in range {
                transformOutput(
                    products + (tile - range.lowerBound) * row, tile, 0..<width, step: blockLength * row,
                    bias, relu: relu, streams: streams, into: y, spare)
            }
            if streams { apus_stream_fence() }
            withExtendedLifetime(scratch) {}
        }
    }

    /// Whether the result is so large that it is written past the caches.
    func streams(_ y: UnsafeMutablePointer<Float>) -> Bool {
        let positions =
            geometry.batch * geometry.outputPlanes * geometry.rows.output * geometry.columns.output
        return positions * outputs * 4 >= streamedBytes && UInt(bitPattern: y) % 64 == 0
    }

    /// The gradient of the transformed weights: for each product [depth, panelWidth·panels]. Sums over fixed
    /// parts of the tiles, which `body` gets in order.
    func weightGradient(
        _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
        _ body: (_ parts: UnsafePointer<Float>, _ count: Int, _ step: Int) -> Void
    ) {
        let row = panels * panelWidth
        let parts = min(blocks, 4)
        let step = Winograd.products * depth * row
        let sums = Storage(byteCount: parts * step * 4)
        let start = sums.pointer.assumingMemoryBound(to: Float.self)
        Parallel.units(parts, cost: 1 << 20) { part in
            let scratch = Storage(byteCount: (inputCount + outputCount + Self.spareCount) * 4)
            let met = scratch.pointer.assumingMemoryBound(to: Float.self)
            let (products, spare) = (met + inputCount, met + inputCount + outputCount)
            let first = blocks * part / parts
            for block in first..<(blocks * (part + 1) / parts) {
                let range = (block * blockLength)..<min((block + 1) * blockLength, tiles)
                for tile in range {
                    let index = tile - range.lowerBound
                    transformInput(
                        x, tile, into: met + index * 16, step: blockLength * depth,
                        channelStep: blockLength * 16, spare)
                    transformGradient(
                        gradient, tile, into: products + index * panelWidth,
                        panelStep: blockLength * panelWidth, spare)
                }
                for product in 0..<Winograd.products {
                    let a = met + product * blockLength * depth
                    let c = start + part * step + product * depth * row
                    for panel in 0..<panels {
                        let b = products + (product * panels + panel) * blockLength * panelWidth
                        for input in stride(from: 0, to: depth, by: panelChannels) {
                            multiplyColumns(
                                a + input / 16 * blockLength * 16 + input % 16, b, depth: range.count,
                                into: c + input * row + panel * panelWidth, row, accumulate: block > first)
                        }
                    }
                }
            }
            withExtendedLifetime(scratch) {}
        }
        body(start, parts, step)
        withExtendedLifetime(sums) {}
    }
}
