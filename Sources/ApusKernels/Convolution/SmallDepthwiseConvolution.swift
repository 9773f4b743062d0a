import ApusKernelBase
import ApusCore
import CProcessor

/// A depthwise 3×3 convolution of stride 1. Reading and writing images takes it longer than computing, so it reads them
/// as they lie in memory: for a block of two rows and four columns of the result, one tile of sixteen channels after the
/// other.
struct SmallDepthwiseConvolution {
    static let (rows, columns) = (2, 4)
    /// Of the input of a block.
    static let (metRows, metColumns) = (4, 6)

    let shape: ConvolutionShape
    let channels: Int
    let tiles: Int

    /// nil for other convolutions, and for images that are narrower than a block.
    init?(_ shape: ConvolutionShape) {
        guard shape.isDepthwise, shape.kernel == [3, 3], shape.stride == [1, 1], shape.dilation == [1, 1],
            shape.inputs >= channelLanes, shape.output[1] >= Self.columns
        else { return nil }
        self.shape = shape
        channels = shape.inputs
        tiles = (channels + channelLanes - 1) / channelLanes
    }

    /// Where a tile begins. The last one may overlap the one before it.
    @inline(__always)
    func channel(ofTile tile: Int) -> Int { min(tile * channelLanes, channels - channelLanes) }

    func run(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, bias: UnsafePointer<Float>?, relu: Bool,
        into y: UnsafeMutablePointer<Float>
    ) {
        let weights = packed(w)
        run(x, packed: weights.pointer.assumingMemoryBound(to: Float.self), bias: bias, relu: relu, into: y)
        withExtendedLifetime(weights) {}
    }

    /// For each tile nine registers of weights; after them zeros for positions outside of the image.
    func packed(_ w: UnsafePointer<Float>) -> Storage {
        let storage = Storage(byteCount: (tiles * 9 * channelLanes + channels) * 4)
        let weights = storage.pointer.assumingMemoryBound(to: Float.self)
        for tile in 0..<tiles {
            let kernels = w + channel(ofTile: tile) * 9
            let target = weights + tile * 9 * channelLanes
            for i in 0..<9 {
                for lane in 0..<channelLanes { target[i * channelLanes + lane] = kernels[lane * 9 + i] }
            }
        }
        (weights + tiles * 9 * channelLanes).update(repeating: 0, count: channels)
        return storage
    }

    /// - Parameter weights: packed.
    func run(
        _ x: UnsafePointer<Float>, packed weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        relu: Bool, into y: UnsafeMutablePointer<Float>
    ) {
        let zeros = weights + tiles * 9 * channelLanes
        let (height, width) = (shape.output[0], shape.output[1])
        let pairs = (height + Self.rows - 1) / Self.rows
        let streams =
            shape.outputCount * 4 >= streamedBytes && channels % channelLanes == 0
            && UInt(bitPattern: y) % 64 == 0
        Parallel.runs(shape.batch * pairs, cost: Self.rows * width * channels) { run in
            withUnsafeTemporaryAllocation(
                of: UnsafePointer<Float>.self, capacity: Self.metRows * Self.metColumns
            ) { met in
                let met = met.baseAddress!
                for unit in run {
                    let (image, row) = (unit / pairs, unit % pairs * Self.rows)
                    let y = y + (image * height + row) * width * channels
                    let next = row + 1 < height ? width * channels : nil
                    for start in stride(from: 0, to: width, by: Self.columns) {
                        // The last block may overlap the one before it.
                        let start = min(start, width - Self.columns)
                        locate(met, image, row, start, in: x, outside: zeros)
                        block(
                            UnsafePointer(met), weights, bias, relu, streams, y + start * channels, next: next
                        )
                    }
                }
            }
            if streams { apus_stream_fence() }
        }
    }

    /// Finds the positions of the input that the block at a row and column of the result meets, row by row.
    func locate(
        _ met: UnsafeMutablePointer<UnsafePointer<Float>>, _ image: Int, _ row: Int, _ column: Int,
        in x: UnsafePointer<Float>, outside zeros: UnsafePointer<Float>
    ) {
        let (height, width) = (shape.input[0], shape.input[1])
        let (top, left) = (row - shape.before[0], column - shape.before[1])
        for i in 0..<Self.metRows {
            let row = top + i
            let isInside = row >= 0 && row < height
            let x = x + (image * height + row) * width * channels
            for j in 0..<Self.metColumns {
                let column = left + j
                met[i * Self.metColumns + j] =
                    isInside && column >= 0 && column < width ? x + column * channels : zeros
            }
        }
    }

    /// - Parameter next: how far the second row of the result is from the first one; nil if there is none.
    private func block(
        _ met: UnsafePointer<UnsafePointer<Float>>, _ weights: UnsafePointer<Float>,
        _ bias: UnsafePointer<Float>?, _ relu: Bool, _ streams: Bool, _ y: UnsafeMutablePointer<Float>,
        next: Int?
    ) {
        for tile in 0..<tiles {
            let channel = channel(ofTile: tile)
            let w = UnsafeRawPointer(weights + tile * 9 * channelLanes).assumingMemoryBound(
                to: SIMD16<Float>.self)
            let first = bias.map { loadChannels($0 + channel) } ?? .zero
            var (top, bottom) = (FourSums(first), FourSums(first))
            top.add(met, channel, w)
            top.add(met + Self.metColumns, channel, w + 3)
            bottom.add(met + Self.metColumns, channel, w)
            top.add(met + 2 * Self.metColumns, channel, w + 6)
            bottom.add(met + 2 * Self.metColumns, channel, w + 3)
            bottom.add(met + 3 * Self.metColumns, channel, w + 6)
            top.store(y + channel, channels, relu, streams)
            if let next { bottom.store(y + next + channel, channels, relu, streams) }
        }
    }
}

/// Four neighboring columns of a row of the result.
private struct FourSums {
    private var (a, b, c, d): (SIMD16<Float>, SIMD16<Float>, SIMD16<Float>, SIMD16<Float>)

    @inline(__always)
    init(_ bias: SIMD16<Float>) { (a, b, c, d) = (bias, bias, bias, bias) }

    /// Adds what a row of three weights makes of six columns.
    @inline(__always)
    mutating func add(
        _ met: UnsafePointer<UnsafePointer<Float>>, _ channel: Int, _ w: UnsafePointer<SIMD16<Float>>
    ) {
        let (p, q, r) = (w[0], w[1], w[2])
        let (x0, x1) = (loadChannels(met[0] + channel), loadChannels(met[1] + channel))
        let (x2, x3) = (loadChannels(met[2] + channel), loadChannels(met[3] + channel))
        let (x4, x5) = (loadChannels(met[4] + channel), loadChannels(met[5] + channel))
        a.addProduct(p, x0)
        b.addProduct(p, x1)
        c.addProduct(p, x2)
        d.addProduct(p, x3)
        a.addProduct(q, x1)
        b.addProduct(q, x2)
        c.addProduct(q, x3)
        d.addProduct(q, x4)
        a.addProduct(r, x2)
        b.addProduct(r, x3)
        c.addProduct(r, x4)
        d.addProduct(r, x5)
    }

    @inline(__always)
    func store(_ target: UnsafeMutablePointer<Float>, _ channels: Int, _ relu: Bool, _ streams: Bool) {
        storeChannels(a, target, relu: relu, streams: streams)
        storeChannels(b, target + channels, relu: relu, streams: streams)
        storeChannels(c, target + 2 * channels, relu: relu, streams: streams)
        storeChannels(d, target + 3 * channels, relu: relu, streams: streams)
    }
}
