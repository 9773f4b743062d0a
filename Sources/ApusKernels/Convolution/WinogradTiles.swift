import ApusKernelBase
import CProcessor

// The transforms of a tile of an image, sixteen channels after the other.

extension WinogradConvolution {
    /// Product p of sixteen numbers from c on goes to p · step + c / 16 · channelStep.
    @inline(__always)
    func transformInput(
        _ x: UnsafePointer<Float>, _ tile: Int, into target: UnsafeMutablePointer<Float>, step: Int,
        channelStep: Int = 16, _ spare: UnsafeMutablePointer<Float>
    ) {
        if isPacked { return transformPackedInput(x, tile, LaneRows(start: target, step: step), spare) }
        let (rows, columns) = (geometry.rows, geometry.columns)
        let (height, width) = (rows.input, columns.input)
        let place = geometry.place(tile)
        let half = LaneRows(start: spare, step: 16)
        let (down, across) = (rows.dilation * rows.inputStride, columns.dilation * columns.inputStride)
        for (index, source) in geometry.sources.enumerated() {
            let plane = place.plane + source.plane
            let (top, left) = (
                place.row * rows.inputStride + source.row, place.column * columns.inputStride + source.column
            )
            let isPlane = plane >= 0 && plane < geometry.inputPlanes
            let start =
                x + (((place.image * geometry.inputPlanes + plane) * height + top) * width + left) * inputs
            let isInside =
                isPlane && top >= 0 && left >= 0 && top + 5 * down < height && left + 5 * across < width
            for channel in stride(from: 0, to: inputs, by: 16) {
                let from = LaneRows(start: UnsafeMutablePointer(mutating: start) + channel, step: inputs)
                let to = LaneRows(
                    start: target + (index * inputs + channel) / 16 * channelStep, step: step)
                if isInside {
                    // What the tile to the right will read.
                    if columns.dilation == 1 {
                        for i in 0..<6 {
                            for j in 6..<10 {
                                apus_prefetch(from.start + (i * down * width + j * across) * inputs)
                            }
                        }
                    }
                    for j in 0..<6 { half.set(j, 6, Winograd.input(from.six(j * across, down * width))) }
                } else {
                    @inline(__always)
                    func read(_ i: Int, _ j: Int) -> Lanes {
                        let (row, column) = (i * down, j * across)
                        let isThere =
                            isPlane && top + row >= 0 && top + row < height && left + column >= 0
                            && left + column < width
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
    }

    /// Floats of a row of twelve positions of few channels, and those read beyond it.
    static let packedRow = 64

    /// The same of a picture's few channels, with windows two positions apart.
    private func transformPackedInput(
        _ x: UnsafePointer<Float>, _ tile: Int, _ to: LaneRows, _ spare: UnsafeMutablePointer<Float>
    ) {
        let (height, width) = (geometry.rows.input, geometry.columns.input)
        let place = geometry.place(tile)
        let (top, left) = (
            2 * place.row + geometry.sources[0].row, 2 * place.column + geometry.sources[0].column
        )
        var (start, row) = (x + ((place.image * height + top) * width + left) * inputs, width * inputs)
        // Sixteen numbers from each position on are of the same row.
        if top < 0 || left < 0 || top + 12 > height || (left + 10) * inputs + 16 > width * inputs {
            let copy = spare + 36 * 16
            copy.update(repeating: 0, count: 12 * Self.packedRow)
            let (firstRow, first) = (max(0, -top), max(0, -left))
            let count = min(12, width - left) - first
            for i in firstRow..<max(firstRow, min(12, height - top)) where count > 0 {
                (copy + i * Self.packedRow + first * inputs).update(
                    from: start + i * row + first * inputs, count: count * inputs)
            }
            (start, row) = (UnsafePointer(copy), Self.packedRow)
        }
        let half = LaneRows(start: spare, step: 16)
        let from = FourNeighbors(start, row, channels: inputs)
        for j in 0..<6 {
            let six = (from[0, j], from[1, j], from[2, j], from[3, j], from[4, j], from[5, j])
            half.set(j, 6, Winograd.input(six))
        }
        for i in 0..<6 { to.set(i * 6, 1, Winograd.input(half.six(i * 6, 1))) }
    }

    /// Product p of the first of `range` is at p · step.
    ///
    /// - Parameter streams: whether the result goes past the caches; `apus_stream_fence` must follow.
    @inline(__always)
    func transformOutput(
        _ source: UnsafeMutablePointer<Float>, _ tile: Int, _ range: Range<Int>, step: Int,
        _ bias: UnsafePointer<Float>?, relu: Bool, streams: Bool, into y: UnsafeMutablePointer<Float>,
        _ spare: UnsafeMutablePointer<Float>
    ) {
        Winograd.unrolled(geometry.rows.tile) { count in
            transformOutput(
                source, tile, range, step: step, bias, relu: relu, streams: streams, into: y, spare, count)
        }
    }

    @inline(__always)
    private func transformOutput(
        _ source: UnsafeMutablePointer<Float>, _ tile: Int, _ range: Range<Int>, step: Int,
        _ bias: UnsafePointer<Float>?, relu: Bool, streams: Bool, into y: UnsafeMutablePointer<Float>,
        _ spare: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        let place = geometry.place(tile)
        let (height, width) = (geometry.rows.output, geometry.columns.output)
        let half = LaneRows(start: spare, step: 16)
        var channel = range.lowerBound
        while channel < range.upperBound {
            let kind = channel / outputs
            let end = min(range.upperBound, (kind + 1) * outputs)
            let rows = positions(geometry.rows, place.row, geometry.targets[kind].row)
            let columns = positions(geometry.columns, place.column, geometry.targets[kind].column)
            let plane = place.image * geometry.outputPlanes + place.plane
            let target = y + ((plane * height + rows.first) * width + columns.first) * outputs
            while channel < end {
                let from = LaneRows(start: source + (channel - range.lowerBound), step: step)
                let output = channel - kind * outputs
                let to = LaneRows(start: target + output, step: outputs)
                let shift = bias.map { UnsafeRawPointer($0 + output).loadUnaligned(as: Lanes.self) } ?? .zero
                for j in 0..<6 { Winograd.output(from.six(j, 6), count) { half[$0 * 6 + j] = $1 } }
                for i in rows.inside {
                    Winograd.output(half.six(i * 6, 1), count) { j, sum in
                        if columns.inside.contains(j) {
                            let position = to.start + (i * rows.step * width + j * columns.step) * outputs
                            storeChannels(sum + shift, position, relu: relu, streams: streams)
                        }
                    }
                }
                channel += 16
            }
        }
    }

    /// The first position that a tile writes along an axis, from one to the next, and which are of the image.
    @inline(__always)
    private func positions(
        _ axis: WinogradGeometry.Axis, _ window: Int, _ start: Int
    ) -> (first: Int, step: Int, inside: Range<Int>) {
        let (first, step) = (window * axis.outputStride + start, axis.dilation * axis.outputStride)
        let low = first < 0 ? (-first + step - 1) / step : 0
        return (first, step, low..<max(low, min(axis.tile, (axis.output - first + step - 1) / step)))
    }

    /// Product p of the numbers of one panel goes to (p · panels + panel) · panelStep.
    @inline(__always)
    func transformGradient(
        _ gradient: UnsafePointer<Float>, _ tile: Int, into target: UnsafeMutablePointer<Float>,
        panelStep: Int, _ spare: UnsafeMutablePointer<Float>
    ) {
        Winograd.unrolled(geometry.rows.tile) { count in
            transformGradient(gradient, tile, into: target, panelStep: panelStep, spare, count)
        }
    }

    @inline(__always)
    private func transformGradient(
        _ gradient: UnsafePointer<Float>, _ tile: Int, into target: UnsafeMutablePointer<Float>,
        panelStep: Int, _ spare: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        let place = geometry.place(tile)
        let rows = positions(geometry.rows, place.row, 0)
        let columns = positions(geometry.columns, place.column, 0)
        let (height, width) = (geometry.rows.output, geometry.columns.output)
        let plane = place.image * geometry.outputPlanes + place.plane
        let source = gradient + ((plane * height + rows.first) * width + columns.first) * outputs
        // The tile to the right comes next.
        let next = geometry.columns.dilation > 1 ? 1 : count
        let half = LaneRows(start: spare, step: 16)
        for channel in stride(from: 0, to: outputs, by: 16) {
            let from = LaneRows(start: UnsafeMutablePointer(mutating: source) + channel, step: outputs)
            let to = LaneRows(
                start: target + channel / panelWidth * panelStep + channel % panelWidth,
                step: panels * panelStep)
            for i in 0..<count {
                for j in 0..<count {
                    apus_prefetch(from.start + (i * rows.step * width + j * columns.step + next) * outputs)
                }
            }
            for j in 0..<count {
                let six = Winograd.outputGradient(count) { i in
                    rows.inside.contains(i) && columns.inside.contains(j)
                        ? from[i * rows.step * width + j * columns.step] : .zero
                }
                half.set(j, count, six)
            }
            for i in 0..<6 { to.set(i * 6, 1, Winograd.outputGradient(count) { half[i * count + $0] }) }
        }
    }
}

/// The channels of two neighbors and of the two below them, side by side, and zeros. Blocks of four lie next to each other.
private struct FourNeighbors {
    let start: UnsafePointer<Float>
    let row: Int
    let pair: Int
    // All bits of what is taken from the upper and from the lower two.
    private let upper: SIMD16<UInt32>
    private let lower: SIMD16<UInt32>

    @inline(__always)
    init(_ start: UnsafePointer<Float>, _ row: Int, channels: Int) {
        (self.start, self.row, pair) = (start, row, 2 * channels)
        var (upper, lower) = (SIMD16<UInt32>.zero, SIMD16<UInt32>.zero)
        for lane in 0..<pair {
            upper[lane] = .max
            lower[pair + lane] = .max
        }
        (self.upper, self.lower) = (upper, lower)
    }

    @inline(__always)
    subscript(_ i: Int, _ j: Int) -> Lanes {
        let first = UnsafeRawPointer(start + 2 * i * row + j * pair)
        let second = first + (row - pair) * 4
        let bits =
            first.loadUnaligned(as: SIMD16<UInt32>.self) & upper
            | second.loadUnaligned(as: SIMD16<UInt32>.self) & lower
        return unsafeBitCast(bits, to: Lanes.self)
    }
}
