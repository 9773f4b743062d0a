import ApusCore
import ApusKernelBase
import ApusKernelCalls
import ApusRandomKernels

/// Which weights of a tile of queries are dropped, a byte for each key that the tile sees: the one thing beside the scores of a
/// tile that grows with the keys. They depend on the places of the weights alone, so that the gradient draws the same.
struct DroppedWeights<T: TileElement> {
    private let storage: Storage
    /// 1 where a weight is dropped.
    private let flags: UnsafeMutablePointer<UInt8>
    private let keys: Int
    private let factor: T

    @inline(__always)
    init(_ dropout: AttentionDropout, _ attention: Attention<T>, head: Int, first: Int, count: Int) {
        let shape = attention.shape
        keys = attention.seenKeys(first / Attention<T>.tileQueries)
        factor = T(1 / (1 - dropout.probability))
        storage = Storage(byteCount: max(1, count * keys))
        flags = storage.pointer.assumingMemoryBound(to: UInt8.self)
        for row in 0..<count {
            RandomKernels.bernoulli(
                flags + row * keys, keys, seed: dropout.seed, offset: dropout.offset,
                first: dropout.first + (head * shape.queries + first + row) * shape.keys,
                probability: dropout.probability)
        }
    }

    /// A row's weights from the key `start` on, dropped or divided by the share of those that are kept.
    @inline(__always)
    func apply(to weights: UnsafeMutablePointer<T>, _ row: Int, _ start: Int) {
        let flags = flags + (row * keys + start)
        for i in 0..<min(Attention<T>.tileKeys, keys - start) {
            weights[i] = T.select(flags[i] != 0, 0, weights[i] * factor)
        }
    }

    /// The gradients of a row's scores, P (M dP - mean), in the place of those dP of the weights after the dropout, and the
    /// weights P M in the place of P.
    @inline(__always)
    func flow(
        _ weights: UnsafeMutablePointer<T>, _ flows: UnsafeMutablePointer<T>, _ mean: T, _ row: Int,
        _ start: Int
    ) {
        let flags = flags + (row * keys + start)
        let seen = min(Attention<T>.tileKeys, keys - start)
        for i in 0..<seen {
            let isDropped = flags[i] != 0
            flows[i] = weights[i] * (T.select(isDropped, 0, flows[i] * factor) - mean)
            weights[i] = T.select(isDropped, 0, weights[i] * factor)
        }
        for i in seen..<Attention<T>.tileKeys { flows[i] = 0 }
    }
}
