import ApusKernelBase
import ApusMatrixKernels
import ApusCore
import CProcessor

/// A depthwise convolution of planes: y[n, h, w, c] = Σ x[n, h·s + i·d − p, w·s + j·d − p, c] · w[c, i, j] + bias[c].
func depthwiseConvolution(
    _ shape: ConvolutionShape, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, relu: Bool, into y: UnsafeMutablePointer<Float>
) {
    if shape.stride[1] == 1 && shape.dilation[1] == 1 {
        convolve(shape, UnitSteps(), x, w, bias, relu, y)
    } else {
        convolve(shape, AnySteps(stride: shape.stride[1], dilation: shape.dilation[1]), x, w, bias, relu, y)
    }
}

private func convolve<Steps: ColumnSteps>(
    _ shape: ConvolutionShape, _ steps: Steps, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
    _ bias: UnsafePointer<Float>?, _ relu: Bool, _ y: UnsafeMutablePointer<Float>
) {
    let (channels, kernelRows) = (shape.inputs, shape.kernel[0])
    let tiles = (channels + channelLanes - 1) / channelLanes
    let window = kernelRows * shape.kernel[1]
    // Weights and, after them, biases: registers of sixteen channels.
    let weights = Storage(byteCount: tiles * (window + 1) * channelLanes * 4)
    let weightStart = weights.pointer.assumingMemoryBound(to: Float.self)
    for channel in 0..<(tiles * channelLanes) {
        let tile = weightStart + channel / channelLanes * (window + 1) * channelLanes + channel % channelLanes
        for position in 0..<window {
            tile[position * channelLanes] = channel < channels ? w[channel * window + position] : 0
        }
        tile[window * channelLanes] = channel < channels ? bias?[channel] ?? 0 : 0
    }
    let weightRegisters = UnsafeRawPointer(weightStart).assumingMemoryBound(to: SIMD16<Float>.self)

    let (columns, group) = (shape.metColumns, shape.rowGroup)
    let (width, bandRows) = (shape.output[1], shape.bandRows)
    let bands = (shape.output[0] + bandRows - 1) / bandRows
    let row = width * channels
    let streams = shape.outputCount * 4 >= streamedBytes
    let slots = shape.metRows(group)
    let keptBytes = ChannelRows.byteCount(columns: columns, slots: slots, channels: channels)
    Parallel.units(shape.batch * bands, cost: bandRows * row * window / channelLanes) { unit in
        let (image, firstRow) = (unit / bands, unit % bands * bandRows)
        let scratch = Storage(byteCount: keptBytes + (streams ? group * row * 4 : 0))
        var input = ChannelRows(
            image: x + image * shape.input[0] * shape.input[1] * channels, height: shape.input[0],
            width: shape.input[1], channels: channels, firstRow: firstRow * shape.stride[0] - shape.before[0],
            firstColumn: -shape.before[1], columns: columns, slots: slots, in: scratch.pointer)
        let result = y + (image * shape.output[0] + firstRow) * row
        let rows = min(bandRows, shape.output[0] - firstRow)
        for first in stride(from: 0, to: rows, by: group) {
            let count = min(group, rows - first)
            let top = first * shape.stride[0]
            input.read(top..<(top + shape.metRows(count)))
            let target = result + first * row
            let written =
                streams ? (scratch.pointer + keptBytes).assumingMemoryBound(to: Float.self) : target
            for tile in 0..<tiles {
                let channel = tile * channelLanes
                for i in 0..<count {
                    DepthwiseRow(
                        met: input.rows + i * shape.stride[0], start: tile * columns,
                        weights: weightRegisters + tile * (window + 1), kernel: (kernelRows, shape.kernel[1]),
                        rowDilation: shape.dilation[0], steps: steps, relu: relu,
                        channels: channels, count: min(channelLanes, channels - channel), width: width
                    ).slide(written + i * row + channel)
                }
            }
            if streams { streamBytes(written, to: target, count * row * 4) }
        }
        if streams { apus_stream_fence() }
        withExtendedLifetime(scratch) {}
    }
    withExtendedLifetime(weights) {}
}

/// A kernel of sixteen channels, and the rows that it reads for one row of the result.
private struct DepthwiseRow<Steps: ColumnSteps> {
    let met: UnsafePointer<UnsafePointer<SIMD16<Float>>>
    /// The offset of these channels' tile in the rows.
    let start: Int
    /// Weights, and the bias.
    let weights: UnsafePointer<SIMD16<Float>>
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
        let bias = weights[kernel.rows * kernel.columns]
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
        let bias = weights[kernel.rows * kernel.columns]
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
        var sum = weights[kernel.rows * kernel.columns]
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
