import ApusKernelBase
import ApusCore

extension Kernels {
    /// The gradients of `complexNorm`'s input, weight and bias, where asked for.
    ///
    /// - Parameter constantMoments: whether mean and covariance do not depend on the input.
    package static func complexNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups,
        means: UnsafeRawPointer, covariances: UnsafePointer<Double>, epsilon: Double,
        weight: UnsafeRawPointer?, bias: UnsafeRawPointer?, relu: Bool, constantMoments: Bool,
        ofInput: UnsafeMutableRawPointer?, ofWeight: UnsafeMutableRawPointer?,
        ofBias: UnsafeMutableRawPointer?
    ) {
        withRowType(dtype.realType) {
            normGradientOf(
                gradient, x, WhitenedChannels($0, groups, means, covariances, epsilon, weight, bias), relu,
                constantMoments, ofInput, ofWeight, ofBias)
        } _: {
            normGradientOf(
                gradient, x, WhitenedChannels($0, groups, means, covariances, epsilon, weight, bias), relu,
                constantMoments, ofInput, ofWeight, ofBias)
        }
    }
}

/// Sums over a channel's elements: of the gradient g of what the ReLU got, and of g·dᵀ, d = x - mean.
private struct GradientSums {
    static let count = 6
    let values: UnsafeMutablePointer<Double>
    let channels: Int

    @inline(__always)
    private subscript(_ kind: Int, _ channel: Int) -> Double { values[kind * channels + channel] }

    @inline(__always)
    func gradient(_ channel: Int) -> (re: Double, im: Double) { (self[0, channel], self[1, channel]) }

    /// Row by row.
    @inline(__always)
    func products(_ channel: Int) -> (rr: Double, ri: Double, ir: Double, ii: Double) {
        (self[2, channel], self[3, channel], self[4, channel], self[5, channel])
    }
}

// With S = Σ g·dᵀ of a channel, y = γ·M·d + bias and n the elements of a group: bias's gradient is Σ g and γ's S·M, of
// which the two elements off the diagonal are one number. M's is Σ γ·S over the group's channels, and makes G of V's;
// the input's is M·(γ·g - mean of γ·g) + 2/n·G·d.
@inline(__always)
private func normGradientOf<T: RowElement>(
    _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ channels: WhitenedChannels<T>, _ relu: Bool,
    _ constantMoments: Bool, _ ofInput: UnsafeMutableRawPointer?, _ ofWeight: UnsafeMutableRawPointer?,
    _ ofBias: UnsafeMutableRawPointer?
) {
    let groups = channels.groups
    let ofWeight = ofWeight?.assumingMemoryBound(to: T.self)
    let ofBias = ofBias?.assumingMemoryBound(to: ComplexPair<T>.self)
    if groups.isEmpty {
        for channel in 0..<groups.channels { ofBias?[channel] = ComplexPair(0, 0) }
        for i in 0..<(3 * groups.channels) { ofWeight?[i] = 0 }
        return
    }
    let gradient = gradient.assumingMemoryBound(to: ComplexPair<T>.self)
    let x = x.assumingMemoryBound(to: ComplexPair<T>.self)
    let size = GradientSums.count * groups.channels
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: groups.samples * size)
    defer { sums.deallocate() }
    let inputTarget = ofInput?.assumingMemoryBound(to: ComplexPair<T>.self)
    // Where there are enough samples, each takes both passes at once: the second finds in the cache what the first has
    // read.
    if groups.samples >= 4 * Parallel.threadCount {
        let length = groups.rows * groups.channels
        Parallel.units(groups.samples, cost: 2 * length) { index in
            let (gradient, x) = (gradient + index * length, x + index * length)
            let (own, sums) = (channels.of(index), sums + index * size)
            gradientSums(gradient, x, own, relu, into: sums)
            if let inputTarget {
                inputGradient(
                    gradient, x, own, relu, constantMoments ? nil : sums,
                    into: inputTarget + index * length)
            }
        }
    } else {
        gradientSums(gradient, x, channels, relu, into: sums)
        if let inputTarget {
            inputGradient(gradient, x, channels, relu, constantMoments ? nil : sums, into: inputTarget)
        }
    }
    if ofWeight == nil && ofBias == nil { return }
    for group in 0..<groups.groups {
        for channel in (group * groups.channelsPerGroup)..<((group + 1) * groups.channelsPerGroup) {
            var (re, im) = (0.0, 0.0)
            var slope = SymmetricPair(0, 0, 0)
            for sample in 0..<groups.samples {
                let sums = GradientSums(values: sums + sample * size, channels: groups.channels)
                let (sum, s) = (sums.gradient(channel), sums.products(channel))
                let m = channels.whitening(sample, group: group)
                re += sum.re
                im += sum.im
                slope.rr += s.rr * m.rr + s.ri * m.ri
                slope.ii += s.ir * m.ri + s.ii * m.ii
                slope.ri += s.rr * m.ri + s.ri * m.ii + s.ir * m.rr + s.ii * m.ri
            }
            ofBias?[channel] = ComplexPair(T(re), T(im))
            ofWeight?[3 * channel] = T(slope.rr)
            ofWeight?[3 * channel + 1] = T(slope.ii)
            ofWeight?[3 * channel + 2] = T(slope.ri)
        }
    }
}

/// Fills the sums of each sample's channels.
@inline(__always)
private func gradientSums<T: RowElement>(
    _ gradient: UnsafePointer<ComplexPair<T>>, _ x: UnsafePointer<ComplexPair<T>>,
    _ channels: WhitenedChannels<T>, _ relu: Bool, into sums: UnsafeMutablePointer<Double>
) {
    let groups = channels.groups
    let pieces = ChannelPieces(groups)
    let (width, size) = (pieces.width, GradientSums.count * groups.channels)
    let partials = UnsafeMutablePointer<Double>.allocate(capacity: pieces.count * size)
    defer { partials.deallocate() }
    pieces.forEach { piece, sample in
        let (start, count, _) = pieces.extent(piece)
        let (gradient, x) = (gradient + start, x + start)
        let rows = UnsafeMutablePointer<T>.allocate(capacity: 14 * width)
        defer { rows.deallocate() }
        channels.broadcast(pieces, sample, into: rows)
        let (mr, mi, br, bi) = (rows, rows + width, rows + 2 * width, rows + 3 * width)
        let (rr, ri, ir, ii) = (rows + 4 * width, rows + 5 * width, rows + 6 * width, rows + 7 * width)
        let total = rows + 8 * width
        let (re, im, srr) = (total, total + width, total + 2 * width)
        let (sri, sir, sii) = (total + 3 * width, total + 4 * width, total + 5 * width)
        for i in 0..<(6 * width) { total[i] = 0 }
        pieces.forEachRow(count, together: 1) { start, n, _ in
            let (gradient, x) = (gradient + start, x + start)
            if relu {
                for i in 0..<n {
                    let (a, b) = (x[i].re - mr[i], x[i].im - mi[i])
                    let yr = br[i].addingProduct(a, rr[i]).addingProduct(b, ri[i])
                    let yi = bi[i].addingProduct(a, ir[i]).addingProduct(b, ii[i])
                    let p = T.select(yr <= 0, 0, gradient[i].re)
                    let q = T.select(yi <= 0, 0, gradient[i].im)
                    re[i] += p
                    im[i] += q
                    srr[i] = srr[i].addingProduct(p, a)
                    sri[i] = sri[i].addingProduct(p, b)
                    sir[i] = sir[i].addingProduct(q, a)
                    sii[i] = sii[i].addingProduct(q, b)
                }
            } else {
                for i in 0..<n {
                    let (a, b) = (x[i].re - mr[i], x[i].im - mi[i])
                    let (p, q) = (gradient[i].re, gradient[i].im)
                    re[i] += p
                    im[i] += q
                    srr[i] = srr[i].addingProduct(p, a)
                    sri[i] = sri[i].addingProduct(p, b)
                    sir[i] = sir[i].addingProduct(q, a)
                    sii[i] = sii[i].addingProduct(q, b)
                }
            }
        }
        let partial = partials + piece * size
        for kind in 0..<GradientSums.count {
            pieces.fold(total + kind * width, into: partial + kind * groups.channels)
        }
    }
    Parallel.units(groups.samples, cost: pieces.perSample * size) { sample in
        let sums = sums + sample * size
        for i in 0..<size { sums[i] = 0 }
        for piece in (sample * pieces.perSample)..<((sample + 1) * pieces.perSample) {
            let partial = partials + piece * size
            for i in 0..<size { sums[i] += partial[i] }
        }
    }
}

/// What the gradient of a group's elements has beside M·γ·g: slope·d + offset.
private func groupTerms<T: RowElement>(
    _ channels: WhitenedChannels<T>, _ sums: UnsafeMutablePointer<Double>, _ sample: Int, _ group: Int
) -> (slope: SymmetricPair, re: Double, im: Double) {
    let groups = channels.groups
    let sums = GradientSums(
        values: sums + sample * GradientSums.count * groups.channels, channels: groups.channels)
    let m = channels.whitening(sample, group: group)
    let n = Double(groups.rows * groups.channelsPerGroup)
    var ofWhitening = SymmetricPair(0, 0, 0)
    var (re, im) = (0.0, 0.0)
    for channel in (group * groups.channelsPerGroup)..<((group + 1) * groups.channelsPerGroup) {
        let (sum, s, w) = (sums.gradient(channel), sums.products(channel), channels.weight(channel))
        re += w.rr * sum.re + w.ri * sum.im
        im += w.ri * sum.re + w.ii * sum.im
        ofWhitening.rr += w.rr * s.rr + w.ri * s.ir
        ofWhitening.ii += w.ri * s.ri + w.ii * s.ii
        ofWhitening.ri += 0.5 * (w.rr * s.ri + w.ri * s.ii + w.ri * s.rr + w.ii * s.ir)
    }
    var slope = m.covarianceGradient(ofWhitening)
    slope.rr *= 2 / n
    slope.ii *= 2 / n
    slope.ri *= 2 / n
    return (slope, -(m.rr * re + m.ri * im) / n, -(m.ri * re + m.ii * im) / n)
}

/// - Parameter sums: those of `gradientSums`; nil where mean and covariance are constants.
@inline(__always)
private func inputGradient<T: RowElement>(
    _ gradient: UnsafePointer<ComplexPair<T>>, _ x: UnsafePointer<ComplexPair<T>>,
    _ channels: WhitenedChannels<T>, _ relu: Bool, _ sums: UnsafeMutablePointer<Double>?,
    into result: UnsafeMutablePointer<ComplexPair<T>>
) {
    let groups = channels.groups
    let pieces = ChannelPieces(groups)
    let width = pieces.width
    let streams = channels.streams
    // For each group slope and offset.
    let terms = UnsafeMutablePointer<T>.allocate(capacity: groups.samples * groups.groups * 5)
    defer { terms.deallocate() }
    for sample in 0..<groups.samples {
        for group in 0..<groups.groups {
            let term = terms + (sample * groups.groups + group) * 5
            for i in 0..<5 { term[i] = 0 }
            guard let sums else { continue }
            let (slope, re, im) = groupTerms(channels, sums, sample, group)
            term[0] = T(slope.rr)
            term[1] = T(slope.ii)
            term[2] = T(slope.ri)
            term[3] = T(re)
            term[4] = T(im)
        }
    }
    pieces.forEach { piece, sample in
        let (start, count, _) = pieces.extent(piece)
        let (gradient, x) = (gradient + start, x + start)
        let rows = UnsafeMutablePointer<T>.allocate(capacity: 13 * width)
        defer { rows.deallocate() }
        channels.broadcast(pieces, sample, into: rows)
        let (mr, mi, br, bi) = (rows, rows + width, rows + 2 * width, rows + 3 * width)
        let (rr, ri, ir, ii) = (rows + 4 * width, rows + 5 * width, rows + 6 * width, rows + 7 * width)
        let rest = rows + 8 * width
        let (hrr, hii, hri, cr, ci) = (
            rest, rest + width, rest + 2 * width, rest + 3 * width, rest + 4 * width
        )
        let size = groups.channelsPerGroup
        let terms = terms + sample * groups.groups * 5
        for kind in 0..<5 {
            pieces.broadcast(into: rest + kind * width, runsOf: size) { terms[$0 * 5 + kind] }
        }
        pieces.forEachRow(count, together: 1, into: result + start, streams: streams) { start, n, _, result in
            let (gradient, x) = (gradient + start, x + start)
            if relu {
                for i in 0..<n {
                    let (a, b) = (x[i].re - mr[i], x[i].im - mi[i])
                    let yr = br[i].addingProduct(a, rr[i]).addingProduct(b, ri[i])
                    let yi = bi[i].addingProduct(a, ir[i]).addingProduct(b, ii[i])
                    let p = T.select(yr <= 0, 0, gradient[i].re)
                    let q = T.select(yi <= 0, 0, gradient[i].im)
                    let re = cr[i].addingProduct(hrr[i], a).addingProduct(hri[i], b)
                    let im = ci[i].addingProduct(hri[i], a).addingProduct(hii[i], b)
                    result[i] = ComplexPair(
                        re.addingProduct(rr[i], p).addingProduct(ir[i], q),
                        im.addingProduct(ri[i], p).addingProduct(ii[i], q))
                }
            } else {
                for i in 0..<n {
                    let (a, b) = (x[i].re - mr[i], x[i].im - mi[i])
                    let (p, q) = (gradient[i].re, gradient[i].im)
                    let re = cr[i].addingProduct(hrr[i], a).addingProduct(hri[i], b)
                    let im = ci[i].addingProduct(hri[i], a).addingProduct(hii[i], b)
                    result[i] = ComplexPair(
                        re.addingProduct(rr[i], p).addingProduct(ir[i], q),
                        im.addingProduct(ri[i], p).addingProduct(ii[i], q))
                }
            }
        }
    }
}
