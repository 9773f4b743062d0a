import ApusKernelBase
import ApusCore

extension Kernels {
    /// γ·V^(-½)·(x - mean) + bias of each complex element as a vector of its parts, and where asked for the ReLU of
    /// both parts.
    ///
    /// - Parameters:
    ///   - dtype: complex64 or complex128, of `x`, `y`, `means` and `bias`; `weight` is of its real type.
    ///   - covariances: three numbers for each sample's groups: of the real parts, of the imaginary parts, of both.
    ///   - epsilon: added to both variances.
    ///   - weight: γ, three numbers a channel in the same order; nil is the identity.
    ///   - bias: an element a channel; nil is zeros.
    package static func complexNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeRawPointer,
        covariances: UnsafePointer<Double>, epsilon: Double, weight: UnsafeRawPointer?,
        bias: UnsafeRawPointer?, relu: Bool, into y: UnsafeMutableRawPointer
    ) {
        if groups.isEmpty { return }
        withRowType(dtype.realType) {
            normOf(x, WhitenedChannels($0, groups, means, covariances, epsilon, weight, bias), relu, y)
        } _: {
            normOf(x, WhitenedChannels($0, groups, means, covariances, epsilon, weight, bias), relu, y)
        }
    }
}

/// What normalises complex channels: y = bias + γ·M·(x - mean), where M = V^(-½) whitens.
struct WhitenedChannels<T: RowElement> {
    private(set) var groups: ChannelGroups
    private var means: UnsafePointer<ComplexPair<T>>
    private var covariances: UnsafePointer<Double>
    private let epsilon: Double
    private let weight: UnsafePointer<T>?
    private let bias: UnsafePointer<ComplexPair<T>>?

    @inline(__always)
    init(
        _: T.Type, _ groups: ChannelGroups, _ means: UnsafeRawPointer, _ covariances: UnsafePointer<Double>,
        _ epsilon: Double, _ weight: UnsafeRawPointer?, _ bias: UnsafeRawPointer?
    ) {
        self.groups = groups
        self.means = means.assumingMemoryBound(to: ComplexPair<T>.self)
        self.covariances = covariances
        self.epsilon = epsilon
        self.weight = weight?.assumingMemoryBound(to: T.self)
        self.bias = bias?.assumingMemoryBound(to: ComplexPair<T>.self)
    }

    /// Those of one sample alone.
    @inline(__always)
    func of(_ sample: Int) -> WhitenedChannels {
        var result = self
        result.groups = ChannelGroups(
            samples: 1, rows: groups.rows, channels: groups.channels, groups: groups.groups)
        result.means = means + sample * groups.groups
        result.covariances = covariances + 3 * sample * groups.groups
        return result
    }

    /// M of a group.
    func whitening(_ sample: Int, group: Int) -> SymmetricPair {
        let covariance = covariances + 3 * (sample * groups.groups + group)
        return SymmetricPair(
            whitening: SymmetricPair(covariance[0], covariance[1], covariance[2]), epsilon: epsilon)
    }

    /// γ of a channel.
    @inline(__always)
    func weight(_ channel: Int) -> SymmetricPair {
        guard let weight else { return SymmetricPair(1, 1, 0) }
        let own = weight + 3 * channel
        return SymmetricPair(Double(own[0]), Double(own[1]), Double(own[2]))
    }

    /// The rows that `broadcast` fills.
    static var rowCount: Int { 8 }

    /// Joined rows: means of the real and the imaginary parts, biases of both, γ·M row by row.
    ///
    /// - Parameter rows: as long as a joined row; `rowCount` of them.
    func broadcast(_ pieces: ChannelPieces, _ sample: Int, into rows: UnsafeMutablePointer<T>) {
        let width = pieces.width
        for group in 0..<groups.groups {
            let mean = means[sample * groups.groups + group]
            let m = whitening(sample, group: group)
            let size = groups.channelsPerGroup
            for channel in (group * size)..<((group + 1) * size) {
                let bias = bias?[channel] ?? ComplexPair(0, 0)
                let w = weight(channel)
                rows[channel] = mean.re
                rows[width + channel] = mean.im
                rows[2 * width + channel] = bias.re
                rows[3 * width + channel] = bias.im
                rows[4 * width + channel] = T(w.rr * m.rr + w.ri * m.ri)
                rows[5 * width + channel] = T(w.rr * m.ri + w.ri * m.ii)
                rows[6 * width + channel] = T(w.ri * m.rr + w.ii * m.ri)
                rows[7 * width + channel] = T(w.ri * m.ri + w.ii * m.ii)
            }
        }
        for row in 0..<WhitenedChannels.rowCount { pieces.repeatChannels(rows + row * width) }
    }

    /// Whether a result of this size is written past the caches.
    var streams: Bool {
        groups.samples * groups.rows * groups.channels * MemoryLayout<ComplexPair<T>>.stride >= streamedBytes
    }
}

@inline(__always)
private func normOf<T: RowElement>(
    _ x: UnsafeRawPointer, _ channels: WhitenedChannels<T>, _ relu: Bool, _ y: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: ComplexPair<T>.self)
    let y = y.assumingMemoryBound(to: ComplexPair<T>.self)
    let pieces = ChannelPieces(channels.groups)
    let width = pieces.width
    let streams = channels.streams
    pieces.forEach { piece, sample in
        let (start, count, _) = pieces.extent(piece)
        let x = x + start
        let rows = UnsafeMutablePointer<T>.allocate(capacity: 8 * width)
        defer { rows.deallocate() }
        channels.broadcast(pieces, sample, into: rows)
        let (mr, mi, br, bi) = (rows, rows + width, rows + 2 * width, rows + 3 * width)
        let (rr, ri, ir, ii) = (rows + 4 * width, rows + 5 * width, rows + 6 * width, rows + 7 * width)
        pieces.forEachRow(count, together: 1, into: y + start, streams: streams) { start, n, _, y in
            let x = x + start
            if relu {
                for i in 0..<n {
                    let (a, b) = (x[i].re - mr[i], x[i].im - mi[i])
                    let re = br[i].addingProduct(a, rr[i]).addingProduct(b, ri[i])
                    let im = bi[i].addingProduct(a, ir[i]).addingProduct(b, ii[i])
                    y[i] = ComplexPair(re < 0 ? 0 : re, im < 0 ? 0 : im)
                }
            } else {
                for i in 0..<n {
                    let (a, b) = (x[i].re - mr[i], x[i].im - mi[i])
                    let re = br[i].addingProduct(a, rr[i]).addingProduct(b, ri[i])
                    let im = bi[i].addingProduct(a, ir[i]).addingProduct(b, ii[i])
                    y[i] = ComplexPair(re, im)
                }
            }
        }
    }
}
