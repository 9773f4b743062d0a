import ApusKernelBase
import ApusCore

extension Kernels {
    /// (x - mean) · scale · weight + bias of each element, and where asked for the ReLU of that.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands.
    ///   - means, scales: of each sample's groups of channels; a scale is 1 / √(variance + ε).
    ///   - weight, bias: an element a channel; nil is ones and zeros.
    package static func channelNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeRawPointer,
        scales: UnsafeRawPointer, weight: UnsafeRawPointer?, bias: UnsafeRawPointer?, relu: Bool,
        into y: UnsafeMutableRawPointer
    ) {
        if groups.isEmpty { return }
        withRowType(dtype) {
            normOf(x, groups, Coefficients($0, groups, means, scales, weight, bias), relu, y)
        } _: {
            normOf(x, groups, Coefficients($0, groups, means, scales, weight, bias), relu, y)
        }
    }

    /// The gradients of `channelNorm`'s input, weight and bias, where asked for.
    ///
    /// - Parameter constantMoments: whether mean and scale do not depend on the input.
    package static func channelNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups,
        means: UnsafeRawPointer, scales: UnsafeRawPointer, weight: UnsafeRawPointer?,
        bias: UnsafeRawPointer?, relu: Bool, constantMoments: Bool, ofInput: UnsafeMutableRawPointer?,
        ofWeight: UnsafeMutableRawPointer?, ofBias: UnsafeMutableRawPointer?
    ) {
        withRowType(dtype) {
            normGradientOf(
                gradient, x, groups, Coefficients($0, groups, means, scales, weight, bias), relu,
                constantMoments, ofInput, ofWeight, ofBias)
        } _: {
            normGradientOf(
                gradient, x, groups, Coefficients($0, groups, means, scales, weight, bias), relu,
                constantMoments, ofInput, ofWeight, ofBias)
        }
    }
}

/// What multiplies and is added: y = bias + (x - mean) · (scale · weight).
private struct Coefficients<T: RowElement> {
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
    func of(_ sample: Int) -> Coefficients {
        var result = self
        result.means = means + sample * groups
        result.scales = scales + sample * groups
        return result
    }

    @inline(__always)
    func scale(_ sample: Int, _ channel: Int) -> T { scales[sample * groups + channel / size] }

    /// Three joined rows: mean, factor and bias of each element.
    @inline(__always)
    func broadcast(_ pieces: ChannelPieces, _ sample: Int, into rows: UnsafeMutablePointer<T>) {
        pieces.broadcast(into: rows) { means[sample * groups + $0 / size] }
        pieces.broadcast(into: rows + pieces.width) { scale(sample, $0) * (weight?[$0] ?? 1) }
        pieces.broadcast(into: rows + 2 * pieces.width) { bias?[$0] ?? 0 }
    }
}

@inline(__always)
private func normOf<T: RowElement>(
    _ x: UnsafeRawPointer, _ groups: ChannelGroups, _ coefficients: Coefficients<T>, _ relu: Bool,
    _ y: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let y = y.assumingMemoryBound(to: T.self)
    let pieces = ChannelPieces(groups)
    let width = pieces.width
    let streams = groups.byteCount(T.self) >= streamedBytes
    pieces.forEach { piece, sample in
        let (start, count, _) = pieces.extent(piece)
        let x = x + start
        let mean = UnsafeMutablePointer<T>.allocate(capacity: 3 * width)
        defer { mean.deallocate() }
        let (factor, bias) = (mean + width, mean + 2 * width)
        coefficients.broadcast(pieces, sample, into: mean)
        pieces.forEachRow(count, into: y + start, streams: streams) { start, n, y in
            let x = x + start
            if relu {
                for i in 0..<n {
                    let value = bias[i].addingProduct(x[i] - mean[i], factor[i])
                    y[i] = value < 0 ? 0 : value
                }
            } else {
                for i in 0..<n { y[i] = bias[i].addingProduct(x[i] - mean[i], factor[i]) }
            }
        }
    }
}

// With g the gradient of what the ReLU got, x̂ = (x - mean) · scale and n the elements of a group:
// weight's is Σ g x̂, bias's Σ g, the input's scale (g weight - Σ g weight / n - x̂ Σ g weight x̂ / n).
@inline(__always)
private func normGradientOf<T: RowElement>(
    _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ groups: ChannelGroups,
    _ coefficients: Coefficients<T>, _ relu: Bool, _ constantMoments: Bool,
    _ ofInput: UnsafeMutableRawPointer?, _ ofWeight: UnsafeMutableRawPointer?,
    _ ofBias: UnsafeMutableRawPointer?
) {
    let channels = groups.channels
    let ofWeight = ofWeight?.assumingMemoryBound(to: T.self)
    let ofBias = ofBias?.assumingMemoryBound(to: T.self)
    if groups.isEmpty {
        for channel in 0..<channels {
            ofWeight?[channel] = 0
            ofBias?[channel] = 0
        }
        return
    }
    let gradient = gradient.assumingMemoryBound(to: T.self)
    let x = x.assumingMemoryBound(to: T.self)
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: groups.samples * 2 * channels)
    defer { sums.deallocate() }
    let sample = groups.sample
    let inputTarget = ofInput?.assumingMemoryBound(to: T.self)
    // Where there are enough samples, each takes both passes at once: the second finds in the cache what the first has
    // read.
    let bySample = groups.samples >= 4 * Parallel.threadCount
    if bySample {
        let length = groups.rows * channels
        Parallel.units(groups.samples, cost: 2 * length) { index in
            let (gradient, x) = (gradient + index * length, x + index * length)
            let sums = sums + index * 2 * channels
            let coefficients = coefficients.of(index)
            gradientSums(gradient, x, sample, coefficients, relu, into: sums)
            if let inputTarget {
                inputGradient(
                    gradient, x, sample, coefficients, relu, constantMoments ? nil : UnsafePointer(sums),
                    into: inputTarget + index * length)
            }
        }
    } else {
        gradientSums(gradient, x, groups, coefficients, relu, into: sums)
    }
    for channel in 0..<channels {
        var (product, sum) = (0.0, 0.0)
        for sample in 0..<groups.samples {
            sum += sums[sample * 2 * channels + channel]
            product += sums[(sample * 2 + 1) * channels + channel]
        }
        ofWeight?[channel] = T(product)
        ofBias?[channel] = T(sum)
    }
    if bySample { return }
    guard let inputTarget else { return }
    inputGradient(
        gradient, x, groups, coefficients, relu, constantMoments ? nil : UnsafePointer(sums),
        into: inputTarget)
}

/// Σ g and then Σ g x̂ of each sample's channels.
@inline(__always)
private func gradientSums<T: RowElement>(
    _ gradient: UnsafePointer<T>, _ x: UnsafePointer<T>, _ groups: ChannelGroups,
    _ coefficients: Coefficients<T>, _ relu: Bool, into sums: UnsafeMutablePointer<Double>
) {
    let pieces = ChannelPieces(groups)
    let (channels, width) = (groups.channels, pieces.width)
    let partials = UnsafeMutablePointer<Double>.allocate(capacity: pieces.count * 2 * channels)
    defer { partials.deallocate() }
    pieces.forEach { piece, sample in
        let (start, count, _) = pieces.extent(piece)
        let (gradient, x) = (gradient + start, x + start)
        let mean = UnsafeMutablePointer<T>.allocate(capacity: 5 * width)
        defer { mean.deallocate() }
        let (factor, bias) = (mean + width, mean + 2 * width)
        let (sum, product) = (mean + 3 * width, mean + 4 * width)
        coefficients.broadcast(pieces, sample, into: mean)
        for i in 0..<(2 * width) { sum[i] = 0 }
        pieces.forEachRow(count) { start, n in
            let (gradient, x) = (gradient + start, x + start)
            if relu {
                for i in 0..<n {
                    let difference = x[i] - mean[i]
                    let value = bias[i].addingProduct(difference, factor[i])
                    let kept = T.select(value <= 0, 0, gradient[i])
                    sum[i] += kept
                    product[i] = product[i].addingProduct(kept, difference)
                }
            } else {
                for i in 0..<n {
                    sum[i] += gradient[i]
                    product[i] = product[i].addingProduct(gradient[i], x[i] - mean[i])
                }
            }
        }
        let partial = partials + piece * 2 * channels
        for channel in 0..<channels {
            partial[channel] = pieces.folded(sum, channel)
            partial[channels + channel] =
                pieces.folded(product, channel) * Double(coefficients.scale(sample, channel))
        }
    }
    Parallel.units(groups.samples, cost: pieces.perSample * 2 * channels) { sample in
        let sums = sums + sample * 2 * channels
        for i in 0..<(2 * channels) { sums[i] = 0 }
        for piece in (sample * pieces.perSample)..<((sample + 1) * pieces.perSample) {
            let partial = partials + piece * 2 * channels
            for i in 0..<(2 * channels) { sums[i] += partial[i] }
        }
    }
}

/// - Parameter sums: those of `gradientSums`; nil where mean and scale are constants.
@inline(__always)
private func inputGradient<T: RowElement>(
    _ gradient: UnsafePointer<T>, _ x: UnsafePointer<T>, _ groups: ChannelGroups,
    _ coefficients: Coefficients<T>, _ relu: Bool, _ sums: UnsafePointer<Double>?,
    into result: UnsafeMutablePointer<T>
) {
    let pieces = ChannelPieces(groups)
    let (channels, width) = (groups.channels, pieces.width)
    let streams = groups.byteCount(T.self) >= streamedBytes
    // Two terms for each group, which are subtracted from the gradient of its elements: an offset, and a factor of
    // x - mean.
    let terms = UnsafeMutablePointer<T>.allocate(capacity: groups.samples * groups.groups * 2)
    defer { terms.deallocate() }
    let n = Double(groups.rows * groups.channelsPerGroup)
    for sample in 0..<groups.samples {
        for group in 0..<groups.groups {
            var (sum, product) = (0.0, 0.0)
            let first = group * groups.channelsPerGroup
            if let sums {
                for channel in first..<(first + groups.channelsPerGroup) {
                    let weight = Double(coefficients.weight?[channel] ?? 1)
                    sum += sums[sample * 2 * channels + channel] * weight
                    product += sums[(sample * 2 + 1) * channels + channel] * weight
                }
            }
            let scale = Double(coefficients.scale(sample, first))
            let term = terms + (sample * groups.groups + group) * 2
            term[0] = T(sum / n * scale)
            term[1] = T(product / n * scale * scale)
        }
    }
    pieces.forEach { piece, sample in
        let (start, count, _) = pieces.extent(piece)
        let (gradient, x) = (gradient + start, x + start)
        let mean = UnsafeMutablePointer<T>.allocate(capacity: 5 * width)
        defer { mean.deallocate() }
        let (factor, bias) = (mean + width, mean + 2 * width)
        let (offset, slope) = (mean + 3 * width, mean + 4 * width)
        coefficients.broadcast(pieces, sample, into: mean)
        let terms = terms + sample * groups.groups * 2
        pieces.broadcast(into: offset) { terms[$0 / coefficients.size * 2] }
        pieces.broadcast(into: slope) { terms[$0 / coefficients.size * 2 + 1] }
        pieces.forEachRow(count, into: result + start, streams: streams) { start, n, result in
            let (gradient, x) = (gradient + start, x + start)
            if relu {
                for i in 0..<n {
                    let difference = x[i] - mean[i]
                    let value = bias[i].addingProduct(difference, factor[i])
                    let kept = T.select(value <= 0, 0, gradient[i])
                    let rest = offset[i].addingProduct(difference, slope[i])
                    result[i] = (-rest).addingProduct(kept, factor[i])
                }
            } else {
                for i in 0..<n {
                    let rest = offset[i].addingProduct(x[i] - mean[i], slope[i])
                    result[i] = (-rest).addingProduct(gradient[i], factor[i])
                }
            }
        }
    }
}

extension ChannelGroups {
    /// One of the samples.
    fileprivate var sample: ChannelGroups {
        ChannelGroups(samples: 1, rows: rows, channels: channels, groups: groups)
    }

    fileprivate func byteCount<T>(_: T.Type) -> Int {
        samples * rows * channels * MemoryLayout<T>.stride
    }
}
