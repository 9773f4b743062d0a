import ApusKernelBase
import ApusMatrixKernels
import ApusCore

/// The weight gradient of a depthwise convolution of planes, [channels, 1, height, width] row-major:
/// Σ x[n, y·s + i·d − p, …, c] · g[n, y, …, c]. Libraries have a slow path here.
///
/// A unit of work is some rows of an image, whose sums stay in the nearest caches; the units' sums join in order.
func depthwiseWeightGradient(
    _ shape: ConvolutionShape, _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    into result: UnsafeMutablePointer<Float>
) {
    if shape.stride[1] == 1 && shape.dilation[1] == 1 {
        sumProducts(shape, UnitSteps(), x, gradient, result)
    } else {
        sumProducts(
            shape, AnySteps(stride: shape.stride[1], dilation: shape.dilation[1]), x, gradient, result)
    }
}

private func sumProducts<Steps: ColumnSteps>(
    _ shape: ConvolutionShape, _ steps: Steps, _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>
) {
    let channels = shape.inputs
    let tiles = (channels + channelLanes - 1) / channelLanes
    let window = shape.kernel[0] * shape.kernel[1]
    let (columns, group) = (shape.metColumns, shape.rowGroup)
    let (width, bandRows) = (shape.output[1], shape.bandRows)
    let bands = (shape.output[0] + bandRows - 1) / bandRows
    let images = (shape.batch + 15) / 16
    let parts = (shape.batch + images - 1) / images
    let sums = Storage(byteCount: parts * bands * tiles * window * channelLanes * 4)
    let partials = sums.pointer.assumingMemoryBound(to: SIMD16<Float>.self)
    let slots = shape.metRows(group)
    let keptBytes = ChannelRows.byteCount(columns: columns, slots: slots, channels: channels)
    let gradientBytes = ChannelRows.byteCount(columns: width, slots: group, channels: channels)
    let cost = images * bandRows * width * channels * window / channelLanes
    Parallel.units(parts * bands, cost: cost) { unit in
        let (part, firstRow) = (unit / bands, unit % bands * bandRows)
        let sums = partials + unit * tiles * window
        for i in 0..<(tiles * window) { sums[i] = .init(repeating: 0) }
        let scratch = Storage(byteCount: keptBytes + gradientBytes)
        for image in (part * images)..<min((part + 1) * images, shape.batch) {
            var input = ChannelRows(
                image: x + image * shape.input[0] * shape.input[1] * channels, height: shape.input[0],
                width: shape.input[1], channels: channels,
                firstRow: firstRow * shape.stride[0] - shape.before[0], firstColumn: -shape.before[1],
                columns: columns, slots: slots, in: scratch.pointer)
            var gradients = ChannelRows(
                image: gradient + image * shape.output[0] * width * channels, height: shape.output[0],
                width: width, channels: channels, firstRow: firstRow, firstColumn: 0, columns: width,
                slots: group, in: scratch.pointer + keptBytes)
            let rows = min(bandRows, shape.output[0] - firstRow)
            for first in stride(from: 0, to: rows, by: group) {
                let count = min(group, rows - first)
                let top = first * shape.stride[0]
                input.read(top..<(top + shape.metRows(count)))
                gradients.read(first..<(first + count))
                for tile in 0..<tiles {
                    DepthwiseProducts(
                        shape: shape, steps: steps, rows: count, met: input.rows, start: tile * columns,
                        gradients: gradients.rows, gradientStart: tile * width
                    ).add(to: sums + tile * window)
                }
            }
        }
        withExtendedLifetime(scratch) {}
    }
    for channel in 0..<channels {
        let (tile, lane) = (channel / channelLanes, channel % channelLanes)
        for position in 0..<window {
            var sum: Float = 0
            for unit in 0..<(parts * bands) {
                sum += partials[(unit * tiles + tile) * window + position][lane]
            }
            result[channel * window + position] = sum
        }
    }
    withExtendedLifetime(sums) {}
}

/// Sixteen channels of rows of gradients, and of the input rows that they are multiplied with.
private struct DepthwiseProducts<Steps: ColumnSteps> {
    let shape: ConvolutionShape
    let steps: Steps
    let rows: Int
    let met: UnsafePointer<UnsafePointer<SIMD16<Float>>>
    let start: Int
    let gradients: UnsafePointer<UnsafePointer<SIMD16<Float>>>
    let gradientStart: Int

    /// Eight sums at a time hide the latency of the additions: up to four columns of two rows of the kernel.
    @inline(__always)
    func add(to sums: UnsafeMutablePointer<SIMD16<Float>>) {
        let (kernelRows, kernelColumns) = (shape.kernel[0], shape.kernel[1])
        var i = 0
        while i < kernelRows {
            // Where there is no second row, the first one is summed twice and the second sums are dropped.
            let pair = i + 1 < kernelRows ? 1 : 0
            var j = 0
            while j < kernelColumns {
                let a = sums + i * kernelColumns + j
                let b = pair == 1 ? a + kernelColumns : nil
                switch kernelColumns - j {
                case 1: addColumns(1, i, i + pair, j, a, b)
                case 2: addColumns(2, i, i + pair, j, a, b)
                case 3: addColumns(3, i, i + pair, j, a, b)
                default: addColumns(4, i, i + pair, j, a, b)
                }
                j += 4
            }
            i += 2
        }
    }

    @inline(__always)
    private func addColumns(
        _ count: Int, _ first: Int, _ second: Int, _ column: Int,
        _ a: UnsafeMutablePointer<SIMD16<Float>>, _ b: UnsafeMutablePointer<SIMD16<Float>>?
    ) {
        let zero = SIMD16<Float>(repeating: 0)
        var (a0, a1, a2, a3, b0, b1, b2, b3) = (zero, zero, zero, zero, zero, zero, zero, zero)
        let (width, step, apart) = (shape.output[1], steps.stride, steps.dilation)
        for row in 0..<rows {
            let met = met + row * shape.stride[0]
            var x = met[first * shape.dilation[0]] + start + column * apart
            var z = met[second * shape.dilation[0]] + start + column * apart
            let g = gradients[row] + gradientStart
            for position in 0..<width {
                let gradient = g[position]
                a0.addProduct(gradient, x[0])
                b0.addProduct(gradient, z[0])
                if count > 1 {
                    a1.addProduct(gradient, x[apart])
                    b1.addProduct(gradient, z[apart])
                }
                if count > 2 {
                    a2.addProduct(gradient, x[2 * apart])
                    b2.addProduct(gradient, z[2 * apart])
                }
                if count > 3 {
                    a3.addProduct(gradient, x[3 * apart])
                    b3.addProduct(gradient, z[3 * apart])
                }
                x += step
                z += step
            }
        }
        a[0] += a0
        if count > 1 { a[1] += a1 }
        if count > 2 { a[2] += a2 }
        if count > 3 { a[3] += a3 }
        guard let b else { return }
        b[0] += b0
        if count > 1 { b[1] += b1 }
        if count > 2 { b[2] += b2 }
        if count > 3 { b[3] += b3 }
    }
}
