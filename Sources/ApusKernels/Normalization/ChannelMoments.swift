import ApusKernelBase
import ApusCore

extension Kernels {
    /// Mean and variance (over n, not n - 1) of each group of channels of each sample.
    ///
    /// One pass: each piece sums differences from its first row, whose squares hardly cancel, and the
    /// pieces join by Chan, Golub and LeVeque's formula (1979).
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands.
    ///   - means, variances: `samples` × `groups`.
    package static func channelMoments(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeMutableRawPointer,
        variances: UnsafeMutableRawPointer
    ) {
        if groups.isEmpty { return }
        withRowType(dtype) {
            momentsOf($0, x, groups, means, variances)
        } _: {
            momentsOf($0, x, groups, means, variances)
        }
    }
}

@inline(__always)
private func momentsOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ groups: ChannelGroups, _ means: UnsafeMutableRawPointer,
    _ variances: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let pieces = ChannelPieces(groups)
    let (channels, width) = (groups.channels, pieces.width)
    // For each piece the means of its channels, then their sums of squared differences.
    let partials = UnsafeMutablePointer<Double>.allocate(capacity: pieces.count * 2 * channels)
    defer { partials.deallocate() }
    pieces.forEach { piece, _ in
        let (start, count, rows) = pieces.extent(piece)
        let x = x + start
        let shift = UnsafeMutablePointer<T>.allocate(capacity: 3 * width)
        defer { shift.deallocate() }
        let (sums, squares) = (shift + width, shift + 2 * width)
        pieces.broadcast(into: shift) { x[$0] }
        for i in 0..<width {
            sums[i] = 0
            squares[i] = 0
        }
        pieces.forEachRow(count) { start, n, rows in
            let x = x + start
            for i in 0..<n {
                var (sum, square) = (sums[i], squares[i])
                for row in 0..<rows {
                    let difference = x[row &* width &+ i] - shift[i]
                    sum += difference
                    square = square.addingProduct(difference, difference)
                }
                (sums[i], squares[i]) = (sum, square)
            }
        }
        let partial = partials + piece * 2 * channels
        let n = Double(rows)
        pieces.fold(sums, into: partial)
        pieces.fold(squares, into: partial + channels)
        for channel in 0..<channels {
            let sum = partial[channel]
            partial[channel] = Double(shift[channel]) + sum / n
            let rest = partial[channels + channel] - sum * (sum / n)
            // Unlike `max` this keeps NaN.
            partial[channels + channel] = rest < 0 ? 0 : rest
        }
    }
    Parallel.units(groups.samples, cost: pieces.perSample * 2 * channels) { sample in
        let partial = partials + sample * pieces.perSample * 2 * channels
        joinPieces(pieces, partial, channels)
        joinChannels(
            groups, partial, means.assumingMemoryBound(to: T.self) + sample * groups.groups,
            variances.assumingMemoryBound(to: T.self) + sample * groups.groups)
    }
}

/// Joins the moments of a sample's pieces to those of the sample, which overwrite the first piece's.
private func joinPieces(_ pieces: ChannelPieces, _ partial: UnsafeMutablePointer<Double>, _ channels: Int) {
    let (mean, squares) = (partial, partial + channels)
    var count = Double(pieces.extent(0).rows)
    for piece in 1..<max(1, pieces.perSample) {
        let (other, otherSquares) = (
            partial + piece * 2 * channels, partial + (piece * 2 + 1) * channels
        )
        let n = Double(pieces.extent(piece).rows)
        let (share, weight) = (n / (count + n), count * n / (count + n))
        for channel in 0..<channels {
            let difference = other[channel] - mean[channel]
            squares[channel] += otherSquares[channel] + difference * difference * weight
            mean[channel] += difference * share
        }
        count += n
    }
}

/// The moments of groups of channels, from those of the channels.
@inline(__always)
private func joinChannels<T: RowElement>(
    _ groups: ChannelGroups, _ moments: UnsafePointer<Double>, _ means: UnsafeMutablePointer<T>,
    _ variances: UnsafeMutablePointer<T>
) {
    let (size, rows) = (groups.channelsPerGroup, Double(groups.rows))
    for group in 0..<groups.groups {
        let (mean, squares) = (moments + group * size, moments + groups.channels + group * size)
        var (total, sum) = (0.0, 0.0)
        for channel in 0..<size { total += mean[channel] }
        let center = total / Double(size)
        for channel in 0..<size {
            let difference = mean[channel] - center
            sum += squares[channel] + rows * difference * difference
        }
        means[group] = T(center)
        variances[group] = T(sum / (rows * Double(size)))
    }
}
