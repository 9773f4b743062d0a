import ApusCore
import ApusKernelBase
import CProcessor

/// A loss of a prediction and a target, and its derivative in the prediction.
///
/// A type and not closures, as `Fold` is: one formula serves both types it computes in.
protocol PairLoss: SendableMetatype {
    static func loss<T: RowElement>(_ x: T, _ y: T, _ parameter: T) -> T
    static func slope<T: RowElement>(_ x: T, _ y: T, _ parameter: T) -> T
}

/// Pairs that are added up in one go; longer sums are joined from such pieces, in order.
private let pieceLength = 16_384

/// The loops of a loss.
@inline(__always)
func pairLoss<L: PairLoss, T: RowElement>(_: L.Type, _: T.Type) -> LossKernel.Entry {
    .init(
        dtype: T.dtype,
        losses: { x, y, parameter, result, n in
            let (x, y) = (x.assumingMemoryBound(to: T.self), y.assumingMemoryBound(to: T.self))
            let result = result.assumingMemoryBound(to: T.self)
            let parameter = T(parameter)
            for i in 0..<n { result[i] = L.loss(x[i], y[i], parameter) }
        },
        sum: { x, y, parameter, n in
            let (x, y) = (x.assumingMemoryBound(to: T.self), y.assumingMemoryBound(to: T.self))
            let parameter = T(parameter)
            return Double(sumRows(x, y, n) { L.loss($0, $1, parameter) })
        },
        slopes: { x, y, parameter, factors, isOneFactor, result, n in
            let (x, y) = (x.assumingMemoryBound(to: T.self), y.assumingMemoryBound(to: T.self))
            let factors = factors.assumingMemoryBound(to: T.self)
            let result = result.assumingMemoryBound(to: T.self)
            let parameter = T(parameter)
            if isOneFactor {
                let factor = factors[0]
                for i in 0..<n { result[i] = factor * L.slope(x[i], y[i], parameter) }
            } else {
                for i in 0..<n { result[i] = factors[i] * L.slope(x[i], y[i], parameter) }
            }
        })
}

extension LossKernel {
    /// The loss of each of `count` pairs of contiguous elements.
    package func runLosses(
        _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int, parameter: Double,
        into result: UnsafeMutableRawPointer
    ) {
        let (entry, size) = (entry(dtype), dtype.size)
        Parallel.ranges(count, grain: elementwiseGrain) { range in
            let start = range.lowerBound * size
            entry.losses(x + start, y + start, parameter, result + start, range.count)
        }
    }

    /// The sum of the losses, divided by `divisor`: one element.
    package func runSum(
        _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int, parameter: Double,
        divisor: Int, into result: UnsafeMutableRawPointer
    ) {
        let (entry, size) = (entry(dtype), dtype.size)
        let pieces = (count + pieceLength - 1) / pieceLength
        let total = withUnsafeTemporaryAllocation(of: Double.self, capacity: max(pieces, 1)) { sums in
            let sums = sums.baseAddress!
            Parallel.units(pieces, cost: min(count, pieceLength)) { piece in
                let first = piece * pieceLength
                sums[piece] = entry.sum(
                    x + first * size, y + first * size, parameter, min(pieceLength, count - first))
            }
            var total = 0.0
            for piece in 0..<pieces { total += sums[piece] }
            return total / Double(divisor)
        }
        if dtype == .float32 {
            result.storeBytes(of: Float(total), as: Float.self)
        } else {
            result.storeBytes(of: total, as: Double.self)
        }
    }

    /// The derivatives of the losses in the predictions, times a factor for each or one for all.
    package func runSlopes(
        _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int, parameter: Double,
        factors: UnsafeRawPointer, isOneFactor: Bool, into result: UnsafeMutableRawPointer
    ) {
        let (entry, size) = (entry(dtype), dtype.size)
        let block = 2048
        let streams = count * size >= streamedBytes
        Parallel.ranges(count, grain: elementwiseGrain) { range in
            func run(_ start: Int, _ n: Int, _ target: UnsafeMutableRawPointer) {
                entry.slopes(
                    x + start * size, y + start * size, parameter,
                    isOneFactor ? factors : factors + start * size,
                    isOneFactor, target, n)
            }
            if !streams {
                run(range.lowerBound, range.count, result + range.lowerBound * size)
                return
            }
            withUnsafeTemporaryAllocation(byteCount: block * size, alignment: 64) { scratch in
                let scratch = scratch.baseAddress!
                var start = range.lowerBound
                while start < range.upperBound {
                    let n = min(block, range.upperBound - start)
                    run(start, n, scratch)
                    streamBytes(scratch, to: result + start * size, n * size)
                    start += n
                }
                apus_stream_fence()
            }
        }
    }
}
