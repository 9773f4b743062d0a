import ApusKernelBase
import ApusMatrixKernels
import ApusCore
import CProcessor

/// A depthwise convolution of planes: y[n, h, w, c] = Σ x[n, h·s + i·d − p, w·s + j·d − p, c] · w[c, i, j] + bias[c].
struct DepthwiseConvolution {
    let shape: ConvolutionShape
    private let tiles: Int
    private let window: Int

    /// - Parameter shape: of two axes.
    init(_ shape: ConvolutionShape) {
        self.shape = shape
        tiles = (shape.inputs + channelLanes - 1) / channelLanes
        window = shape.kernel[0] * shape.kernel[1]
    }

    func run(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, bias: UnsafePointer<Float>?, relu: Bool,
        into y: UnsafeMutablePointer<Float>
    ) {
        let weights = packed(w)
        run(x, packed: weights.pointer.assumingMemoryBound(to: Float.self), bias: bias, relu: relu, into: y)
        withExtendedLifetime(weights) {}
    }

    /// Registers of sixteen channels, zeros where the last has fewer: for each tile those of a window.
    func packed(_ w: UnsafePointer<Float>) -> Storage {
        let storage = Storage(byteCount: tiles * window * channelLanes * 4)
        let weights = storage.pointer.assumingMemoryBound(to: Float.self)
        for channel in 0..<(tiles * channelLanes) {
            let target = weights + channel / channelLanes * window * channelLanes + channel % channelLanes
            for position in 0..<window {
                target[position * channelLanes] =
                    channel < shape.inputs ? w[channel * window + position] : 0
            }
        }
        return storage
    }

    /// - Parameter weights: packed.
    func run(
        _ x: UnsafePointer<Float>, packed weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        relu: Bool, into y: UnsafeMutablePointer<Float>
    ) {
        if shape.stride[1] == 1 && shape.dilation[1] == 1 {
            run(UnitSteps(), x, weights, bias, relu, y)
        } else {
            run(AnySteps(stride: shape.stride[1], dilation: shape.dilation[1]), x, weights, bias, relu, y)
        }
    }

    private func run<Steps: ColumnSteps>(
        _ steps: Steps, _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
        _ bias: UnsafePointer<Float>?, _ relu: Bool, _ y: UnsafeMutablePointer<Float>
    ) {
        let channels = shape.inputs
        let registers = UnsafeRawPointer(weights).assumingMemoryBound(to: SIMD16<Float>.self)
        let (columns, group) = (shape.metColumns, shape.rowGroup)
        let (height, width) = (shape.output[0], shape.output[1])
        // As few bands as give all threads the same: each reads the rows around it once more.
        let bands = min(max(height, 1), Parallel.evenShares(of: shape.batch))
        let row = width * channels
        let streams = shape.outputCount * 4 >= streamedBytes
        let slots = shape.metRows(group)
        let keptBytes = ChannelRows.byteCount(columns: columns, slots: slots, channels: channels)
        Parallel.units(shape.batch * bands, cost: height * row / bands * window / channelLanes) { unit in
            let (image, band) = (unit / bands, unit % bands)
            let (firstRow, end) = (height * band / bands, height * (band + 1) / bands)
            let scratch = Storage(byteCount: keptBytes + (streams ? group * row * 4 : 0))
            var input = ChannelRows(
                image: x + image * shape.input[0] * shape.input[1] * channels, height: shape.input[0],
                width: shape.input[1], channels: channels,
                firstRow: firstRow * shape.stride[0] - shape.before[0], firstColumn: -shape.before[1],
                columns: columns, slots: slots, in: scratch.pointer)
            let result = y + (image * height + firstRow) * row
            for first in stride(from: 0, to: end - firstRow, by: group) {
                let count = min(group, end - firstRow - first)
                let top = first * shape.stride[0]
                input.read(top..<(top + shape.metRows(count)))
                let target = result + first * row
                let written =
                    streams ? (scratch.pointer + keptBytes).assumingMemoryBound(to: Float.self) : target
                for tile in 0..<tiles {
                    let channel = tile * channelLanes
                    let exist = min(channelLanes, channels - channel)
                    let shift =
                        bias.map {
                            exist == channelLanes
                                ? loadChannels($0 + channel) : loadChannels($0 + channel, exist)
                        } ?? .zero
                    for i in 0..<count {
                        DepthwiseRow(
                            met: input.rows + i * shape.stride[0], start: tile * columns,
                            weights: registers + tile * window, bias: shift,
                            kernel: (shape.kernel[0], shape.kernel[1]),
                            rowDilation: shape.dilation[0], steps: steps, relu: relu,
                            channels: channels, count: exist, width: width
                        ).slide(written + i * row + channel)
                    }
                }
                if streams { streamBytes(written, to: target, count * row * 4) }
            }
            if streams { apus_stream_fence() }
            withExtendedLifetime(scratch) {}
        }
    }
}

/// A kernel of sixteen channels, and the rows that it reads for one row of the result.
private struct DepthwiseRow<Steps: ColumnSteps> {
    let met: UnsafePointer<UnsafePointer<SIMD16<Float>>>
    /// The offset of these channels' tile in the rows.
    let start: Int
    let weights: UnsafePointer<SIMD16<Float>>
    let bias: SIMD16<Float>
    let kernel: (rows: Int, columns: Int)
    let rowDilation: Int
    let steps: Steps
    let relu: Bool
    /// The elements from one position of the result to the next, and how many of the sixteen channels exist.
    let channels: Int
    let count: Int
    let width: Int

    /// Blocks of eight positions hide the latency of the additions; the last one may overlap the one before.
    @inline(__always)
    func slide(_ target: UnsafeMutablePointer<Float>) {
        let size = width >= 8 ? 8 : width >= 4 ? 4 : 1
        var column = 0
        while column < width {
            let position = min(column, width - size)
            let target = target + position * channels
            switch size {
            case 8: eight(start + position * steps.stride, target)
            case 4: four(start + position * steps.stride, target)
            default: one(start + position * steps.stride, target)
            }
            column += size
        }
    }

    @inline(__always)
    private func eight(_ start: Int, _ target: UnsafeMutablePointer<Float>) {
        let stride = steps.stride
        var (a, b, c, d, e, f, g, h) = (bias, bias, bias, bias, bias, bias, bias, bias)
        var next = weights
        for i in 0..<kernel.rows {
            var x = met[i * rowDilation] + start
            for _ in 0..<kernel.columns {
                let weight = next[0]
                a.addProduct(weight, x[0])
                b.addProduct(weight, x[stride])
                c.addProduct(weight, x[2 * stride])
                d.addProduct(weight, x[3 * stride])
                e.addProduct(weight, x[4 * stride])
                f.addProduct(weight, x[5 * stride])
                g.addProduct(weight, x[6 * stride])
                h.addProduct(weight, x[7 * stride])
                next += 1
                x += steps.dilation
            }
        }
        store(a, target)
        store(b, target + channels)
        store(c, target + 2 * channels)
        store(d, target + 3 * channels)
        store(e, target + 4 * channels)
        store(f, target + 5 * channels)
        store(g, target + 6 * channels)
        store(h, target + 7 * channels)
    }

    @inline(__always)
    private func four(_ start: Int, _ target: UnsafeMutablePointer<Float>) {
        let stride = steps.stride
        var (a, b, c, d) = (bias, bias, bias, bias)
        var next = weights
        for i in 0..<kernel.rows {
            var x = met[i * rowDilation] + start
            for _ in 0..<kernel.columns {
                let weight = next[0]
                a.addProduct(weight, x[0])
                b.addProduct(weight, x[stride])
                c.addProduct(weight, x[2 * stride])
                d.addProduct(weight, x[3 * stride])
                next += 1
                x += steps.dilation
            }
        }
        store(a, target)
        store(b, target + channels)
        store(c, target + 2 * channels)
        store(d, target + 3 * channels)
    }

    @inline(__always)
    private func one(_ start: Int, _ target: UnsafeMutablePointer<Float>) {
        var sum = bias
        var next = weights
        for i in 0..<kernel.rows {
            let x = met[i * rowDilation] + start
            for j in 0..<kernel.columns {
                sum.addProduct(next[0], x[j * steps.dilation])
                next += 1
            }
        }
        store(sum, target)
    }

    @inline(__always)
    private func store(_ sum: SIMD16<Float>, _ target: UnsafeMutablePointer<Float>) {
        var sum = sum
        let zero = SIMD16<Float>(repeating: 0)
        if relu { sum.replace(with: zero, where: sum .< zero) }  // NaN passes
        if count == channelLanes {
            UnsafeMutableRawPointer(target).storeBytes(of: sum, as: SIMD16<Float>.self)
        } else {
            for lane in 0..<count { target[lane] = sum[lane] }
        }
    }
}
