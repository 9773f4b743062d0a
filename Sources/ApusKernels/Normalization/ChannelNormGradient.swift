import ApusKernelBase
import ApusCore
import CProcessor

extension Kernels {
    /// The gradients of `channelNorm`'s input, weight and bias, where asked for.
    ///
    /// - Parameter constantMoments: whether mean and scale do not depend on the input.
    package static func channelNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups,
        means: UnsafeRawPointer, scales: UnsafeRawPointer, weight: UnsafeRawPointer?,
        bias: UnsafeRawPointer?, activation: Activation, constantMoments: Bool,
        ofInput: UnsafeMutableRawPointer?,
        ofWeight: UnsafeMutableRawPointer?, ofBias: UnsafeMutableRawPointer?
    ) {
        withRowType(dtype) {
            normGradientOf(
                gradient, x, groups, ChannelCoefficients($0, groups, means, scales, weight, bias), activation,
                constantMoments, ofInput, ofWeight, ofBias)
        } _: {
            normGradientOf(
                gradient, x, groups, ChannelCoefficients($0, groups, means, scales, weight, bias), activation,
                constantMoments, ofInput, ofWeight, ofBias)
        }
    }
}

@inline(__always)
private func normGradientOf<T: RowElement>(
    _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ groups: ChannelGroups,
    _ coefficients: ChannelCoefficients<T>, _ activation: Activation, _ constantMoments: Bool,
    _ ofInput: UnsafeMutableRawPointer?, _ ofWeight: UnsafeMutableRawPointer?,
    _ ofBias: UnsafeMutableRawPointer?
) {
    let gradient = gradient.assumingMemoryBound(to: T.self)
    let x = x.assumingMemoryBound(to: T.self)
    let ofInput = ofInput?.assumingMemoryBound(to: T.self)
    let ofWeight = ofWeight?.assumingMemoryBound(to: T.self)
    let ofBias = ofBias?.assumingMemoryBound(to: T.self)
    @inline(__always) func run<A: ActivationFunction>(_ function: A.Type) {
        normGradientOf(
            function, gradient, x, groups, coefficients, constantMoments, ofInput, ofWeight, ofBias)
    }
    switch activation {
    case .none: run(NoActivation.self)
    case .relu: run(ReLUActivation.self)
    case .relu6: run(ReLU6Activation.self)
    case .silu: run(SiLUActivation.self)
    case .hardswish: run(HardswishActivation.self)
    }
}

// With g the gradient of what the activation got, x̂ = (x - mean) · scale and n the elements of a group:
// weight's is Σ g x̂, bias's Σ g, the input's scale (g weight - Σ g weight / n - x̂ Σ g weight x̂ / n).
@inline(__always)
private func normGradientOf<T: RowElement, A: ActivationFunction>(
    _ function: A.Type, _ gradient: UnsafePointer<T>, _ x: UnsafePointer<T>, _ groups: ChannelGroups,
    _ coefficients: ChannelCoefficients<T>, _ constantMoments: Bool, _ ofInput: UnsafeMutablePointer<T>?,
    _ ofWeight: UnsafeMutablePointer<T>?, _ ofBias: UnsafeMutablePointer<T>?
) {
    let channels = groups.channels
    if groups.isEmpty {
        for channel in 0..<channels {
            ofWeight?[channel] = 0
            ofBias?[channel] = 0
        }
        return
    }
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: groups.samples * 2 * channels)
    defer { sums.deallocate() }
    let sample = groups.sample
    let bySample = groups.isCutBySample
    if bySample {
        let length = groups.rows * channels
        Parallel.units(groups.samples, cost: 2 * length) { index in
            let (gradient, x) = (gradient + index * length, x + index * length)
            let sums = sums + index * 2 * channels
            let coefficients = coefficients.of(index)
            gradientSums(function, gradient, x, sample, coefficients, into: sums)
            if let ofInput {
                inputGradient(
                    function, gradient, x, sample, coefficients, constantMoments ? nil : UnsafePointer(sums),
                    into: ofInput + index * length)
            }
        }
    } else {
        gradientSums(function, gradient, x, groups, coefficients, into: sums)
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
    guard let ofInput else { return }
    inputGradient(
        function, gradient, x, groups, coefficients, constantMoments ? nil : UnsafePointer(sums),
        into: ofInput)
}

/// Σ g and then Σ g x̂ of each sample's channels.
@inline(__always)
private func gradientSums<T: RowElement, A: ActivationFunction>(
    _: A.Type, _ gradient: UnsafePointer<T>, _ x: UnsafePointer<T>, _ groups: ChannelGroups,
    _ coefficients: ChannelCoefficients<T>, into sums: UnsafeMutablePointer<Double>
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
        pieces.forEachRow(count, together: A.rowsTogether) { start, n, rows in
            let (gradient, x) = (gradient + start, x + start)
            fetchNext(gradient, x, n * rows)
            for i in 0..<n {
                let (mean, factor, bias) = (mean[i], factor[i], bias[i])
                var (total, products) = (sum[i], product[i])
                for row in 0..<rows {
                    let at = row &* width &+ i
                    let difference = x[at] - mean
                    let kept = A.gradient(gradient[at], at: bias.addingProduct(difference, factor))
                    total += kept
                    products = products.addingProduct(kept, difference)
                }
                (sum[i], product[i]) = (total, products)
            }
        }
        let partial = partials + piece * 2 * channels
        pieces.fold(sum, into: partial)
        pieces.fold(product, into: partial + channels)
        for group in 0..<coefficients.groups {
            let scale = Double(coefficients.scales[sample * coefficients.groups + group])
            let products = partial + channels + group * coefficients.size
            for channel in 0..<coefficients.size { products[channel] *= scale }
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
private func inputGradient<T: RowElement, A: ActivationFunction>(
    _: A.Type, _ gradient: UnsafePointer<T>, _ x: UnsafePointer<T>, _ groups: ChannelGroups,
    _ coefficients: ChannelCoefficients<T>, _ sums: UnsafePointer<Double>?,
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
            let scale = Double(coefficients.scales[sample * groups.groups + group])
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
        pieces.broadcast(into: offset, runsOf: coefficients.size) { terms[2 * $0] }
        pieces.broadcast(into: slope, runsOf: coefficients.size) { terms[2 * $0 + 1] }
        pieces.forEachRow(count, together: A.rowsTogether, into: result + start, streams: streams) {
            start, n, rows, result in
            let (gradient, x) = (gradient + start, x + start)
            fetchNext(gradient, x, n * rows)
            for i in 0..<n {
                let (mean, factor, bias) = (mean[i], factor[i], bias[i])
                let (offset, slope) = (offset[i], slope[i])
                for row in 0..<rows {
                    let at = row &* width &+ i
                    let difference = x[at] - mean
                    let kept = A.gradient(gradient[at], at: bias.addingProduct(difference, factor))
                    let rest = offset.addingProduct(difference, slope)
                    result[at] = (-rest).addingProduct(kept, factor)
                }
            }
        }
    }
}

/// Asks for the next rows of both: a loop that masks what it loads would wait for one after the other.
@inline(__always)
private func fetchNext<T>(_ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ count: Int) {
    let line = 64 / MemoryLayout<T>.stride
    let ahead = max(count, 1024)
    for i in stride(from: ahead, to: ahead + count, by: line) {
        apus_prefetch(a + i)
        apus_prefetch(b + i)
    }
}
