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
        // For each tile nine weights and the bias; then zeros for positions outside of the image.
        let constants = Storage(byteCount: (tiles * 10 * channelLanes + channels) * 4)
        let weights = constants.pointer.assumingMemoryBound(to: Float.self)
        for tile in 0..<tiles {
            for lane in 0..<channelLanes {
                let channel = channel(ofTile: tile) + lane
                let target = weights + tile * 10 * channelLanes + lane
                for i in 0..<9 { target[i * channelLanes] = w[channel * 9 + i] }
                target[9 * channelLanes] = bias?[channel] ?? 0
            }
        }
        let zeros = weights + tiles * 10 * channelLanes
        for i in 0..<channels { zeros[i] = 0 }
        let (height, width) = (shape.output[0], shape.output[1])
        let bands = (height + shape.bandRows - 1) / shape.bandRows
        let streams =
            shape.outputCount * 4 >= streamedBytes && channels % channelLanes == 0
            && UInt(bitPattern: y) % 64 == 0
        Parallel.units(shape.batch * bands, cost: shape.bandRows * width * channels) { unit in
            let (image, first) = (unit / bands, unit % bands * shape.bandRows)
            let y = y + image * height * width * channels
            withUnsafeTemporaryAllocation(
                of: UnsafePointer<Float>.self, capacity: Self.metRows * Self.metColumns
            ) { met in
                let met = met.baseAddress!
                for row in stride(from: first, to: min(first + shape.bandRows, height), by: Self.rows) {
                    let next = row + 1 < height ? width * channels : nil
                    for start in stride(from: 0, to: width, by: Self.columns) {
                        // The last block may overlap the one before it.
                        let start = min(start, width - Self.columns)
                        locate(met, image, row, start, in: x, outside: zeros)
                        let y = y + (row * width + start) * channels
                        block(UnsafePointer(met), weights, relu, streams, y, next: next)
                    }
                }
            }
            if streams { apus_stream_fence() }
        }
        withExtendedLifetime(constants) {}
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
        _ met: UnsafePointer<UnsafePointer<Float>>, _ weights: UnsafePointer<Float>, _ relu: Bool,
        _ streams: Bool, _ y: UnsafeMutablePointer<Float>, next: Int?
    ) {
        for tile in 0..<tiles {
            let channel = channel(ofTile: tile)
            let w = UnsafeRawPointer(weights + tile * 10 * channelLanes).assumingMemoryBound(
                to: SIMD16<Float>.self)
            var (top, bottom) = (FourSums(w[9]), FourSums(w[9]))
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
