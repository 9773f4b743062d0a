import ApusKernelBase
import ApusCore

extension Kernels {
    /// Mean and covariance (over n, not n - 1) of the parts of each group of complex channels of each sample.
    ///
    /// One pass, as `channelMoments`.
    ///
    /// - Parameters:
    ///   - dtype: complex64 or complex128, of `x` and `means`.
    ///   - means: `samples` × `groups`.
    ///   - covariances: as many times three: of the real parts, of the imaginary parts, of both.
    package static func complexMoments(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeMutableRawPointer,
        covariances: UnsafeMutablePointer<Double>
    ) {
        if groups.isEmpty { return }
        withRowType(dtype.realType) {
            momentsOf($0, x, groups, means, covariances)
        } _: {
            momentsOf($0, x, groups, means, covariances)
        }
    }
}

/// What is known of the channels of a piece: an array for each.
private struct Partial {
    /// Means of the real and the imaginary parts, then sums of products of differences: real, imaginary, both.
    static let count = 5
    let values: UnsafeMutablePointer<Double>
    let channels: Int

    @inline(__always)
    subscript(_ kind: Int, _ channel: Int) -> Double {
        get { values[kind * channels + channel] }
        nonmutating set { values[kind * channels + channel] = newValue }
    }
}

@inline(__always)
private func momentsOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ groups: ChannelGroups, _ means: UnsafeMutableRawPointer,
    _ covariances: UnsafeMutablePointer<Double>
) {
    let x = x.assumingMemoryBound(to: ComplexPair<T>.self)
    let pieces = ChannelPieces(groups)
    let (channels, width) = (groups.channels, pieces.width)
    let partials = UnsafeMutablePointer<Double>.allocate(capacity: pieces.count * Partial.count * channels)
    defer { partials.deallocate() }
    pieces.forEach { piece, _ in
        let (start, count, rows) = pieces.extent(piece)
        let x = x + start
        let shift = UnsafeMutablePointer<T>.allocate(capacity: 7 * width)
        defer { shift.deallocate() }
        let (other, re, im) = (shift + width, shift + 2 * width, shift + 3 * width)
        let (rr, ii, ri) = (shift + 4 * width, shift + 5 * width, shift + 6 * width)
        pieces.broadcast(into: shift) { x[$0].re }
        pieces.broadcast(into: other) { x[$0].im }
        for i in 0..<(5 * width) { re[i] = 0 }
        pieces.forEachRow(count, together: 1) { start, n, _ in
            let x = x + start
            for i in 0..<n {
                let (a, b) = (x[i].re - shift[i], x[i].im - other[i])
                re[i] += a
                im[i] += b
                rr[i] = rr[i].addingProduct(a, a)
                ii[i] = ii[i].addingProduct(b, b)
                ri[i] = ri[i].addingProduct(a, b)
            }
        }
        let partial = Partial(values: partials + piece * Partial.count * channels, channels: channels)
        let n = Double(rows)
        // The sums of each kind stand where the result of that kind belongs.
        for kind in 0..<Partial.count {
            pieces.fold(re + kind * width, into: partial.values + kind * channels)
        }
        for channel in 0..<channels {
            let (a, b) = (partial[0, channel], partial[1, channel])
            partial[0, channel] = Double(shift[channel]) + a / n
            partial[1, channel] = Double(other[channel]) + b / n
            let (re, im) = (partial[2, channel] - a * (a / n), partial[3, channel] - b * (b / n))
            // Unlike `max` this keeps NaN.
            partial[2, channel] = re < 0 ? 0 : re
            partial[3, channel] = im < 0 ? 0 : im
            partial[4, channel] -= a * (b / n)
        }
    }
    let means = means.assumingMemoryBound(to: ComplexPair<T>.self)
    Parallel.units(groups.samples, cost: pieces.perSample * Partial.count * channels) { sample in
        let partial = Partial(
            values: partials + sample * pieces.perSample * Partial.count * channels, channels: channels)
        joinPieces(pieces, partial)
        joinChannels(
            groups, partial, means + sample * groups.groups, covariances + 3 * sample * groups.groups)
    }
}

/// Joins the moments of a sample's pieces to those of the sample, which overwrite the first piece's.
private func joinPieces(_ pieces: ChannelPieces, _ partial: Partial) {
    let channels = partial.channels
    var count = Double(pieces.extent(0).rows)
    for piece in 1..<max(1, pieces.perSample) {
        let other = Partial(
            values: partial.values + piece * Partial.count * channels, channels: channels)
        let n = Double(pieces.extent(piece).rows)
        let (share, weight) = (n / (count + n), count * n / (count + n))
        for channel in 0..<channels {
            let a = other[0, channel] - partial[0, channel]
            let b = other[1, channel] - partial[1, channel]
            partial[2, channel] += other[2, channel] + a * a * weight
            partial[3, channel] += other[3, channel] + b * b * weight
            partial[4, channel] += other[4, channel] + a * b * weight
            partial[0, channel] += a * share
            partial[1, channel] += b * share
        }
        count += n
    }
}

/// The moments of groups of channels, from those of the channels.
@inline(__always)
private func joinChannels<T: RowElement>(
    _ groups: ChannelGroups, _ partial: Partial, _ means: UnsafeMutablePointer<ComplexPair<T>>,
    _ covariances: UnsafeMutablePointer<Double>
) {
    let (size, rows) = (groups.channelsPerGroup, Double(groups.rows))
    for group in 0..<groups.groups {
        let members = (group * size)..<((group + 1) * size)
        var (re, im) = (0.0, 0.0)
        for channel in members {
            re += partial[0, channel]
            im += partial[1, channel]
        }
        re /= Double(size)
        im /= Double(size)
        var sum = SymmetricPair(0, 0, 0)
        for channel in members {
            let (a, b) = (partial[0, channel] - re, partial[1, channel] - im)
            sum.rr += partial[2, channel] + rows * a * a
            sum.ii += partial[3, channel] + rows * b * b
            sum.ri += partial[4, channel] + rows * a * b
        }
        let n = rows * Double(size)
        means[group] = ComplexPair(T(re), T(im))
        covariances[3 * group] = sum.rr / n
        covariances[3 * group + 1] = sum.ii / n
        covariances[3 * group + 2] = sum.ri / n
    }
}
