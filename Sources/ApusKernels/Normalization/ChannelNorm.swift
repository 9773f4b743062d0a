import ApusKernelBase
import ApusCore

extension Kernels {
    /// (x - mean) · scale · weight + bias of each element, and the activation of that.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands.
    ///   - means, scales: of each sample's groups of channels; a scale is 1 / √(variance + ε).
    ///   - weight, bias: an element a channel; nil is ones and zeros.
    package static func channelNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeRawPointer,
        scales: UnsafeRawPointer, weight: UnsafeRawPointer?, bias: UnsafeRawPointer?, activation: Activation,
        into y: UnsafeMutableRawPointer
    ) {
        if groups.isEmpty { return }
        withRowType(dtype) {
            normOf(
                x, groups, ChannelCoefficients($0, groups, means, scales, weight, bias), activation,
                streams: groups.byteCount($0) >= streamedBytes, y)
        } _: {
            normOf(
                x, groups, ChannelCoefficients($0, groups, means, scales, weight, bias), activation,
                streams: groups.byteCount($0) >= streamedBytes, y)
        }
    }

    /// `channelMoments`, and `channelNorm` with them and ε. Where there are enough samples, each takes both passes at
    /// once: the second finds in the cache what the first has read.
    package static func channelNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, epsilon: Double,
        weight: UnsafeRawPointer?, bias: UnsafeRawPointer?, activation: Activation,
        into y: UnsafeMutableRawPointer,
        means: UnsafeMutableRawPointer, variances: UnsafeMutableRawPointer
    ) {
        if groups.isEmpty { return }
        withRowType(dtype) {
            momentsAndNormOf($0, x, dtype, groups, epsilon, weight, bias, activation, y, means, variances)
        } _: {
            momentsAndNormOf($0, x, dtype, groups, epsilon, weight, bias, activation, y, means, variances)
        }
    }
}

/// What multiplies and is added: y = bias + (x - mean) · (scale · weight).
struct ChannelCoefficients<T: RowElement> {
    let size: Int
    let groups: Int
    var means: UnsafePointer<T>
    var scales: UnsafePointer<T>
    let weight: UnsafePointer<T>?
    let bias: UnsafePointer<T>?

    @inline(__always)
    init(
        _: T.Type, _ groups: ChannelGroups, _ means: UnsafeRawPointer, _ scales: UnsafeRawPointer,
        _ weight: UnsafeRawPointer?, _ bias: UnsafeRawPointer?
    ) {
        size = max(1, groups.channelsPerGroup)
        self.groups = groups.groups
        self.means = means.assumingMemoryBound(to: T.self)
        self.scales = scales.assumingMemoryBound(to: T.self)
        self.weight = weight?.assumingMemoryBound(to: T.self)
        self.bias = bias?.assumingMemoryBound(to: T.self)
    }

    /// Those of one sample alone.
    @inline(__always)
    func of(_ sample: Int) -> ChannelCoefficients {
        var result = self
        result.means = means + sample * groups
        result.scales = scales + sample * groups
        return result
    }

    /// Three joined rows: mean, factor and bias of each element.
    @inline(__always)
    func broadcast(_ pieces: ChannelPieces, _ sample: Int, into rows: UnsafeMutablePointer<T>) {
        let (factor, bias) = (rows + pieces.width, rows + 2 * pieces.width)
        pieces.broadcast(into: rows, runsOf: size) { means[sample * groups + $0] }
        pieces.broadcast(into: factor, runsOf: size) { scales[sample * groups + $0] }
        if let weight {
            for channel in 0..<(groups * size) { factor[channel] *= weight[channel] }
            pieces.repeatChannels(factor)
        }
        if let given = self.bias {
            pieces.broadcast(into: bias) { given[$0] }
        } else {
            for i in 0..<pieces.width { bias[i] = 0 }
        }
    }
}

@inline(__always)
private func momentsAndNormOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, _ epsilon: Double,
    _ weight: UnsafeRawPointer?, _ bias: UnsafeRawPointer?, _ activation: Activation,
    _ y: UnsafeMutableRawPointer,
    _ means: UnsafeMutableRawPointer, _ variances: UnsafeMutableRawPointer
) {
    let part = groups.isCutBySample ? groups.sample : groups
    let (count, length) = (part.samples * part.groups, part.samples * part.rows * part.channels)
    let size = MemoryLayout<T>.stride
    let streams = groups.byteCount(T.self) >= streamedBytes
    Parallel.units(groups.samples / part.samples, cost: 2 * length) { index in
        let (x, y) = (x + index * length * size, y + index * length * size)
        let (means, variances) = (means + index * count * size, variances + index * count * size)
        Kernels.channelMoments(x, dtype, part, means: means, variances: variances)
        let scales = UnsafeMutablePointer<T>.allocate(capacity: count)
        defer { scales.deallocate() }
        let values = variances.assumingMemoryBound(to: T.self)
        for i in 0..<count { scales[i] = 1 / (values[i] + T(epsilon)).squareRoot() }
        normOf(
            x, part, ChannelCoefficients(T.self, part, means, scales, weight, bias), activation,
            streams: streams, y
        )
    }
}

@inline(__always)
private func normOf<T: RowElement>(
    _ x: UnsafeRawPointer, _ groups: ChannelGroups, _ coefficients: ChannelCoefficients<T>,
    _ activation: Activation, streams: Bool, _ y: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let y = y.assumingMemoryBound(to: T.self)
    switch activation {
    case .none: normOf(NoActivation.self, x, groups, coefficients, streams: streams, y)
    case .relu: normOf(ReLUActivation.self, x, groups, coefficients, streams: streams, y)
    case .relu6: normOf(ReLU6Activation.self, x, groups, coefficients, streams: streams, y)
    case .silu: normOf(SiLUActivation.self, x, groups, coefficients, streams: streams, y)
    case .hardswish: normOf(HardswishActivation.self, x, groups, coefficients, streams: streams, y)
    }
}

@inline(__always)
private func normOf<T: RowElement, A: ActivationFunction>(
    _: A.Type, _ x: UnsafePointer<T>, _ groups: ChannelGroups, _ coefficients: ChannelCoefficients<T>,
    streams: Bool, _ y: UnsafeMutablePointer<T>
) {
    let pieces = ChannelPieces(groups)
    let width = pieces.width
    pieces.forEach { piece, sample in
        let (start, count, _) = pieces.extent(piece)
        let x = x + start
        let mean = UnsafeMutablePointer<T>.allocate(capacity: 3 * width)
        defer { mean.deallocate() }
        let (factor, bias) = (mean + width, mean + 2 * width)
        coefficients.broadcast(pieces, sample, into: mean)
        pieces.forEachRow(count, into: y + start, streams: streams) { start, n, rows, y in
            let x = x + start
            for i in 0..<n {
                let (mean, factor, bias) = (mean[i], factor[i], bias[i])
                for row in 0..<rows {
                    let at = row &* width &+ i
                    y[at] = A.value(bias.addingProduct(x[at] - mean, factor))
                }
            }
        }
    }
}

extension ChannelGroups {
    /// Whether there are enough samples for each to take two passes over it at once, on one thread: the second finds in
    /// the cache what the first has read.
    var isCutBySample: Bool { samples >= 4 * Parallel.threadCount }

    /// One of the samples.
    var sample: ChannelGroups {
        ChannelGroups(samples: 1, rows: rows, channels: channels, groups: groups)
    }

    func byteCount<T>(_: T.Type) -> Int {
        samples * rows * channels * MemoryLayout<T>.stride
    }
}
