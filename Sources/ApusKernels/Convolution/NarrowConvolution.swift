import ApusKernelBase
import ApusMatrixKernels
import ApusCore

/// A convolution of planes to eight channels: y[n, h, w, o] = Σ x[n, h + i·d − p, w + j·d − p, c] · w[o, c, i, j] + bias[o].
///
/// Registers hold sixteen columns of one channel: with sixteen channels of one position half of each would be empty.
/// Images are laid out channel by channel for that, with zeros around them, and results transposed back.
func narrowConvolution(
    _ shape: ConvolutionShape, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, relu: Bool, into y: UnsafeMutablePointer<Float>
) {
    let channels = ConvolutionShape.narrowOutputs
    let weightCount = shape.inputs * shape.kernel[0] * shape.kernel[1]
    // The eight outputs' weights side by side, and their biases last.
    let weights = Storage(byteCount: (weightCount + 1) * channels * 4)
    let weightStart = weights.pointer.assumingMemoryBound(to: Float.self)
    for output in 0..<channels {
        for index in 0..<weightCount {
            weightStart[index * channels + output] = w[output * weightCount + index]
        }
        weightStart[weightCount * channels + output] = bias?[output] ?? 0
    }

    let (inputImage, width) = (shape.input[0] * shape.input[1] * shape.inputs, shape.output[1])
    let row = width * channels
    let rows = shape.narrowBandRows
    let bands = (shape.output[0] + rows - 1) / rows
    // Images of one unit of work share the zeros around them.
    let images = max(1, shape.batch / 32)
    let groups = (shape.batch + images - 1) / images
    Parallel.units(groups * bands, cost: images * rows * row * weightCount / 16) { unit in
        let (group, band) = (unit / bands, unit % bands)
        // The last band begins where it is whole.
        let top = min(band * rows, shape.output[0] - rows)
        let planes = ChannelPlanes(shape, rows: rows, firstRow: top - shape.before[0])
        let block = NarrowBlock(shape, planes, weightStart, relu: relu)
        for image in (group * images)..<min((group + 1) * images, shape.batch) {
            planes.read(x + image * inputImage)
            let target = y + (image * shape.output[0] + top) * row
            for start in stride(from: 0, to: rows, by: 2) {
                let h = min(start, rows - 2)
                for start in stride(from: 0, to: width, by: 16) {
                    let column = max(0, min(start, width - 16))
                    block.compute(row: h, column: column, into: target + h * row + column * channels)
                }
            }
        }
    }
    withExtendedLifetime(weights) {}
}

/// Rows of an image, channel by channel, with zeros around them.
private struct ChannelPlanes {
    let start: UnsafeMutablePointer<Float>
    /// Elements of a row and of a channel.
    let row: Int
    let plane: Int
    private let transposed: UnsafeMutablePointer<Float>
    private let rows: Int
    private let firstRow: Int
    private let height: Int
    private let width: Int
    private let channels: Int
    private let before: Int
    private let storage: Storage

    /// - Parameters:
    ///   - rows: of the result.
    ///   - firstRow: of the image that the first of them meets; negative before the image.
    init(_ shape: ConvolutionShape, rows: Int, firstRow: Int) {
        self.firstRow = firstRow
        self.rows = rows + shape.span(0) - 1
        row = shape.narrowRow
        plane = row * self.rows
        (height, width, channels, before) = (shape.input[0], shape.input[1], shape.inputs, shape.before[1])
        // A register more at each end: the last of a row is stored whole.
        let count = plane * channels + 16
        storage = Storage(byteCount: (count + channels * self.rows * width + 16) * 4)
        start = storage.pointer.assumingMemoryBound(to: Float.self)
        transposed = start + count
        start.update(repeating: 0, count: count)
    }

    @inline(__always)
    func read(_ image: UnsafePointer<Float>) {
        let inside = min(max(firstRow, 0), height)..<min(max(firstRow + rows, 0), height)
        let count = width &* inside.count
        if count == 0 { return }
        transpose(
            image + inside.lowerBound &* width &* channels, channels, transposed, count, rows: count,
            columns: channels)
        let lanes = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
        let last = (width &- 1) / 16 &* 16
        let isBeyond = lanes .>= Int32(truncatingIfNeeded: width &- last)
        var source = UnsafePointer(transposed)
        for channel in 0..<channels {
            var target = start + (channel &* plane &+ (inside.lowerBound &- firstRow) &* row &+ before)
            for _ in 0..<inside.count {
                var i = 0
                while i < last {
                    loadChannels(source + i).store(at: target + i)
                    i &+= 16
                }
                let end = loadChannels(source + i)
                end.replacing(with: SIMD16(repeating: 0), where: isBeyond).store(at: target + i)
                source += width
                target += row
            }
        }
    }
}

/// Two rows of sixteen columns, of eight channels each.
private struct NarrowBlock {
    let planes: ChannelPlanes
    /// For each weight of a kernel those of the eight outputs, and the biases.
    let weights: UnsafePointer<Float>
    let inputs: Int
    let kernel: (rows: Int, columns: Int)
    let dilation: (rows: Int, columns: Int)
    let width: Int
    let relu: Bool

    init(
        _ shape: ConvolutionShape, _ planes: ChannelPlanes, _ weights: UnsafePointer<Float>, relu: Bool
    ) {
        self.planes = planes
        self.weights = weights
        self.relu = relu
        inputs = shape.inputs
        kernel = (shape.kernel[0], shape.kernel[1])
        dilation = (shape.dilation[0], shape.dilation[1])
        width = shape.output[1]
    }

    @inline(__always)
    func compute(row: Int, column: Int, into target: UnsafeMutablePointer<Float>) {
        @inline(__always) func broadcast(_ weight: UnsafePointer<Float>, _ output: Int) -> SIMD16<Float> {
            SIMD16(repeating: weight[output])
        }
        let bias = weights + inputs * kernel.rows * kernel.columns * ConvolutionShape.narrowOutputs
        var (a, b, c, d) = (broadcast(bias, 0), broadcast(bias, 1), broadcast(bias, 2), broadcast(bias, 3))
        var (e, f, g, h) = (broadcast(bias, 4), broadcast(bias, 5), broadcast(bias, 6), broadcast(bias, 7))
        var (i, j, k, l, m, n, o, p) = (a, b, c, d, e, f, g, h)
        var weight = weights
        var plane = UnsafePointer(planes.start) + (row * planes.row + column)
        for _ in 0..<inputs {
            var line = plane
            for _ in 0..<kernel.rows {
                var x = line
                for _ in 0..<kernel.columns {
                    let (upper, lower) = (loadChannels(x), loadChannels(x + planes.row))
                    a.addProduct(broadcast(weight, 0), upper)
                    i.addProduct(broadcast(weight, 0), lower)
                    b.addProduct(broadcast(weight, 1), upper)
                    j.addProduct(broadcast(weight, 1), lower)
                    c.addProduct(broadcast(weight, 2), upper)
                    k.addProduct(broadcast(weight, 2), lower)
                    d.addProduct(broadcast(weight, 3), upper)
                    l.addProduct(broadcast(weight, 3), lower)
                    e.addProduct(broadcast(weight, 4), upper)
                    m.addProduct(broadcast(weight, 4), lower)
                    f.addProduct(broadcast(weight, 5), upper)
                    n.addProduct(broadcast(weight, 5), lower)
                    g.addProduct(broadcast(weight, 6), upper)
                    o.addProduct(broadcast(weight, 6), lower)
                    h.addProduct(broadcast(weight, 7), upper)
                    p.addProduct(broadcast(weight, 7), lower)
                    weight += ConvolutionShape.narrowOutputs
                    x += dilation.columns
                }
                line += dilation.rows &* planes.row
            }
            plane += planes.plane
        }
        // Now each register is a column: the eight channels of the upper row and those of the lower one.
        var left = Eight(a, b, c, d, e, f, g, h)
        var right = Eight(i, j, k, l, m, n, o, p)
        transpose(&left, &right)
        var result = target
        @inline(__always) func put(_ sums: SIMD16<Float>) {
            let zero = SIMD16<Float>(repeating: 0)
            let sums = relu ? sums.replacing(with: zero, where: sums .< zero) : sums  // NaN passes
            sums.lowHalf.store(at: result)
            sums.highHalf.store(at: result + width &* ConvolutionShape.narrowOutputs)
            result += ConvolutionShape.narrowOutputs
        }
        put(left.a)
        put(left.b)
        put(left.c)
        put(left.d)
        put(left.e)
        put(left.f)
        put(left.g)
        put(left.h)
        put(right.a)
        put(right.b)
        put(right.c)
        put(right.d)
        if width > 12 { put(right.e) }
        if width > 13 { put(right.f) }
        if width > 14 { put(right.g) }
        if width > 15 { put(right.h) }
    }
}

extension ConvolutionShape {
    /// Channels of the result that a register's columns are computed for together.
    static let narrowOutputs = 8

    /// Whether sixteen columns of a channel fill registers better than sixteen channels of a column; the kernel needs
    /// thirty-two registers.
    var isNarrow: Bool {
        guard hasWideVectors,
            groups == 1 && input.count == 2 && outputs == Self.narrowOutputs && inputs >= 16
        else {
            return false
        }
        // At least three quarters of the lanes that a row takes hold its columns, so a row has at least twelve.
        return stride == [1, 1] && before.allSatisfy { $0 >= 0 } && output[0] >= 2
            && (output[1] + 15) / 16 * 16 * 3 <= output[1] * 4
            && (narrowBandRows >= 8 || narrowBandRows == output[0])
    }

    /// Elements of a row with zeros at both ends, as far as registers reach.
    fileprivate var narrowRow: Int {
        max(max(output[1], 16) + span(1) - 1, before[1] + (input[1] + 15) / 16 * 16)
    }

    /// Rows of the result whose input stays in the nearest caches.
    fileprivate var narrowBandRows: Int {
        min(output[0], max(2, 32_768 / (inputs * narrowRow) - span(0) + 1))
    }
}
