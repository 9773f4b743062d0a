import ApusCore

/// Channels computed side by side: one register.
private let lanes = 16

/// The weight gradient of a depthwise convolution of planes, [channels, 1, height, width] row-major:
/// Σ x[n, y·s + i·d − p, …, c] · g[n, y, …, c]. Libraries have a slow path here.
///
/// Each lane of a register is one channel. A unit of work is some channels of some images, whose sums stay in
/// the first-level cache; the units' sums join in order.
func depthwiseWeightGradient(
    _ shape: ConvolutionShape, _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    into result: UnsafeMutablePointer<Float>
) {
    let channels = shape.inputs
    let tiles = (channels + lanes - 1) / lanes
    let window = shape.kernel[0] * shape.kernel[1]
    let parts = min(shape.batch, 16)
    let images = (shape.batch + parts - 1) / parts
    let used = (shape.batch + images - 1) / images
    let sums = Storage(byteCount: used * tiles * window * lanes * 4)
    let partials = sums.pointer.assumingMemoryBound(to: Float.self)
    let cost = images * shape.output[0] * shape.output[1] * window * 2
    Parallel.units(used * tiles, cost: cost) { unit in
        let (part, tile) = (unit / tiles, unit % tiles)
        let first = tile * lanes
        let sums = partials + unit * window * lanes
        for i in 0..<(window * lanes) { sums[i] = 0 }
        for image in (part * images)..<min((part + 1) * images, shape.batch) {
            let x = x + image * shape.input[0] * shape.input[1] * channels + first
            let g = gradient + image * shape.output[0] * shape.output[1] * channels + first
            if first + lanes <= channels {
                addImage(shape, x, g, sums)
            } else {
                addImageByChannel(shape, x, g, sums, channels - first)
            }
        }
    }
    for channel in 0..<channels {
        for place in 0..<window {
            var sum: Float = 0
            for part in 0..<used {
                let unit = part * tiles + channel / lanes
                sum += partials[(unit * window + place) * lanes + channel % lanes]
            }
            result[channel * window + place] = sum
        }
    }
    withExtendedLifetime(sums) {}
}

/// The output columns at which a kernel column meets the input: where 0 ≤ column · stride + shift < extent.
@inline(__always)
private func meeting(_ shift: Int, _ stride: Int, _ extent: Int, _ outputs: Int) -> Range<Int> {
    let low = shift >= 0 ? 0 : (-shift + stride - 1) / stride
    let high = extent > shift ? (extent - shift - 1) / stride + 1 : 0
    return low..<max(low, min(high, outputs))
}

@inline(__always)
private func load(_ pointer: UnsafePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float>.self)
}

private func addImage(
    _ shape: ConvolutionShape, _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>
) {
    let channels = shape.inputs
    let (width, outputWidth) = (shape.input[1], shape.output[1])
    let (stride, dilation) = (shape.stride[1], shape.dilation[1])
    let (columns, step) = (shape.kernel[1], stride * channels)
    for row in 0..<shape.output[0] {
        let g = g + row * outputWidth * channels
        for i in 0..<shape.kernel[0] {
            let inputRow = row * shape.stride[0] - shape.before[0] + i * shape.dilation[0]
            if inputRow < 0 || inputRow >= shape.input[0] { continue }
            let x = x + inputRow * width * channels
            let sums = sums + i * columns * lanes
            var j = 0
            while j < columns {
                let shift = j * dilation - shape.before[1]
                // Up to four kernel columns at once share the loads of the gradient, where all of them meet it.
                let count = columns - j >= 4 ? 4 : columns - j >= 2 ? 2 : 1
                let first = meeting(shift, stride, width, outputWidth)
                let last = meeting(shift + (count - 1) * dilation, stride, width, outputWidth)
                let inner = first.lowerBound..<max(first.lowerBound, last.upperBound)
                let (near, target) = (x + shift * channels, sums + j * lanes)
                let apart = dilation * channels
                switch count {
                case 4: addFour(near, apart, g, step, channels, inner, target)
                case 2: addTwo(near, apart, g, step, channels, inner, target)
                default: addOne(near, g, step, channels, inner, target)
                }
                // What only some of them meet: before the first one's range begins, and after the last one's ends.
                for k in 0..<count where count > 1 {
                    let own = meeting(shift + k * dilation, stride, width, outputWidth)
                    let (near, target) = (near + k * apart, target + k * lanes)
                    let before = own.lowerBound..<max(own.lowerBound, min(own.upperBound, inner.lowerBound))
                    let after = max(own.lowerBound, inner.upperBound)..<max(own.upperBound, inner.upperBound)
                    if !before.isEmpty { addOne(near, g, step, channels, before, target) }
                    if after.lowerBound < own.upperBound {
                        addOne(near, g, step, channels, after.lowerBound..<own.upperBound, target)
                    }
                }
                j += count
            }
        }
    }
}

@inline(__always)
private func addOne(
    _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>, _ step: Int, _ channels: Int, _ range: Range<Int>,
    _ sums: UnsafeMutablePointer<Float>
) {
    var a = load(sums)
    for column in range { a.addProduct(load(x + column * step), load(g + column * channels)) }
    UnsafeMutableRawPointer(sums).storeBytes(of: a, as: SIMD16<Float>.self)
}

@inline(__always)
private func addTwo(
    _ x: UnsafePointer<Float>, _ apart: Int, _ g: UnsafePointer<Float>, _ step: Int, _ channels: Int,
    _ range: Range<Int>, _ sums: UnsafeMutablePointer<Float>
) {
    var (a, b) = (load(sums), load(sums + lanes))
    for column in range {
        let (x, g) = (x + column * step, load(g + column * channels))
        a.addProduct(load(x), g)
        b.addProduct(load(x + apart), g)
    }
    let sums = UnsafeMutableRawPointer(sums)
    sums.storeBytes(of: a, as: SIMD16<Float>.self)
    sums.storeBytes(of: b, toByteOffset: 64, as: SIMD16<Float>.self)
}

@inline(__always)
private func addFour(
    _ x: UnsafePointer<Float>, _ apart: Int, _ g: UnsafePointer<Float>, _ step: Int, _ channels: Int,
    _ range: Range<Int>, _ sums: UnsafeMutablePointer<Float>
) {
    var (a, b, c, d) = (load(sums), load(sums + lanes), load(sums + 2 * lanes), load(sums + 3 * lanes))
    for column in range {
        let (x, g) = (x + column * step, load(g + column * channels))
        a.addProduct(load(x), g)
        b.addProduct(load(x + apart), g)
        c.addProduct(load(x + 2 * apart), g)
        d.addProduct(load(x + 3 * apart), g)
    }
    let sums = UnsafeMutableRawPointer(sums)
    sums.storeBytes(of: a, as: SIMD16<Float>.self)
    sums.storeBytes(of: b, toByteOffset: 64, as: SIMD16<Float>.self)
    sums.storeBytes(of: c, toByteOffset: 128, as: SIMD16<Float>.self)
    sums.storeBytes(of: d, toByteOffset: 192, as: SIMD16<Float>.self)
}

/// The last channels, fewer than a register holds.
private func addImageByChannel(
    _ shape: ConvolutionShape, _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>, _ count: Int
) {
    let channels = shape.inputs
    for row in 0..<shape.output[0] {
        for i in 0..<shape.kernel[0] {
            let inputRow = row * shape.stride[0] - shape.before[0] + i * shape.dilation[0]
            if inputRow < 0 || inputRow >= shape.input[0] { continue }
            for j in 0..<shape.kernel[1] {
                let shift = j * shape.dilation[1] - shape.before[1]
                let target = sums + (i * shape.kernel[1] + j) * lanes
                for column in meeting(shift, shape.stride[1], shape.input[1], shape.output[1]) {
                    let x = x + (inputRow * shape.input[1] + column * shape.stride[1] + shift) * channels
                    let g = g + (row * shape.output[1] + column) * channels
                    for lane in 0..<count { target[lane] = target[lane].addingProduct(x[lane], g[lane]) }
                }
            }
        }
    }
}
