import ApusKernelBase
import CProcessor

// How sequences come from memory into lanes, and back.

/// The sequences of one block: where each lane's first element lies.
struct LaneAddresses<V: LaneVector> {
    typealias Scalar = V.Scalar

    /// One for each lane; lanes without a sequence repeat the last one's.
    let starts: UnsafeMutablePointer<UnsafeMutablePointer<Scalar>>
    /// Lanes with a sequence.
    let count: Int
    /// Scalars in an element.
    let width: Int
    /// Whether the sequences' elements with the same number follow each other in memory.
    let areAdjacent: Bool

    init(
        _ starts: UnsafeMutablePointer<UnsafeMutablePointer<Scalar>>, count: Int, width: Int
    ) {
        self.starts = starts
        self.count = count
        self.width = width
        var areAdjacent = count == V.scalarCount
        if areAdjacent {
            for lane in 1..<count where starts[lane] != starts[0] + lane * width { areAdjacent = false }
        }
        self.areAdjacent = areAdjacent
    }
}

/// Moves elements between memory and the vectors of a block.
struct LaneMover<V: LaneVector> {
    typealias Scalar = V.Scalar

    let positions: ElementPositions
    let isReal: Bool
    /// 1 where real and imaginary parts are swapped, else 0.
    let flip: Int
    /// The index of the vector that holds each real element; nil where element i lies in vector i.
    let targets: [Int32]?

    @inline(__always)
    private func withTargets(_ body: ((Int) -> Int) -> Void) {
        if let targets {
            targets.withUnsafeBufferPointer { t in
                let t = t.baseAddress!
                body { Int(t[$0]) ^ flip }
            }
        } else {
            body { $0 ^ flip }
        }
    }

    @inline(__always)
    private func forEachPosition(_ body: (Int, Int) -> Void) {
        if let stride = positions.stride {
            for e in 0..<positions.count { body(e, e * stride) }
        } else {
            positions.table.withUnsafeBufferPointer { table in
                for e in 0..<positions.count { body(e, table[e]) }
            }
        }
    }

    /// The number of a lane's scalars if they are contiguous in memory, else 0.
    var contiguousScalars: Int { positions.stride == 1 ? positions.count * (isReal ? 1 : 2) : 0 }

    /// Fills the vectors of `buffer`; where whole tiles are read, prepares the writing of `next`.
    @inline(never)
    func load(
        _ lanes: LaneAddresses<V>, _ buffer: UnsafeMutablePointer<V>, thenWritten next: LaneAddresses<V>,
        _ nextScalars: Int
    ) {
        let width = isReal ? 1 : 2
        withTargets { target in
            if lanes.areAdjacent {
                let start = lanes.starts[0]
                forEachPosition { e, position in
                    let from = start + position * width
                    if isReal {
                        buffer[target(e)] = V(at: from)
                    } else {
                        let value = V.parts(V(at: from), V(at: from + V.scalarCount))
                        buffer[2 * e + flip] = value.re
                        buffer[(2 * e + 1) ^ flip] = value.im
                    }
                }
            } else if positions.run * width >= V.scalarCount {
                let run = positions.run * width
                var first = 0
                while first < positions.count * width {
                    let offset =
                        (positions.stride == nil ? positions.table[first / width] : first / width) * width
                    tiles(run) { f in
                        if first + f < nextScalars {
                            for lane in 0..<V.scalarCount {
                                apus_prefetch_to_write(next.starts[lane] + (first + f))
                            }
                        }
                        V.transpose {
                            V(at: lanes.starts[$0] + (offset + f))
                        } store: {
                            buffer[target(first + f + $0)] = $1
                        }
                    }
                    first += run
                }
            } else {
                forEachPosition { e, position in
                    for part in 0..<width {
                        var value = V.zero
                        for lane in 0..<lanes.count {
                            value[lane] = lanes.starts[lane][position * width + part]
                        }
                        buffer[target(e * width + part)] = value
                    }
                }
            }
        }
    }

    /// Writes the vectors of `buffer`, times `scale`, to memory; where whole tiles are written, brings what
    /// will be read next near, `ahead` scalars from `next`.
    @inline(never)
    func store(
        _ lanes: LaneAddresses<V>, _ buffer: UnsafeMutablePointer<V>, _ scale: Scalar,
        thenRead next: LaneAddresses<V>, ahead: Int, _ nextScalars: Int
    ) {
        let width = isReal ? 1 : 2
        let factor = V.all(scale)
        withTargets { target in
            if lanes.areAdjacent {
                let start = lanes.starts[0]
                forEachPosition { e, position in
                    let to = start + position * width
                    if isReal {
                        V.product(buffer[target(e)], factor).store(at: to)
                    } else {
                        let value = V.joined(
                            V.product(buffer[2 * e + flip], factor),
                            V.product(buffer[(2 * e + 1) ^ flip], factor))
                        value.0.store(at: to)
                        value.1.store(at: to + V.scalarCount)
                    }
                }
            } else if positions.run * width >= V.scalarCount {
                let run = positions.run * width
                var first = 0
                while first < positions.count * width {
                    let offset =
                        (positions.stride == nil ? positions.table[first / width] : first / width) * width
                    tiles(run) { f in
                        if first + f < nextScalars && ahead != 0 {
                            for lane in 0..<V.scalarCount {
                                apus_prefetch(next.starts[lane] + (ahead + first + f))
                            }
                        }
                        V.transpose {
                            V.product(buffer[target(first + f + $0)], factor)
                        } store: {
                            if $0 < lanes.count { $1.store(at: lanes.starts[$0] + (offset + f)) }
                        }
                    }
                    first += run
                }
            } else {
                forEachPosition { e, position in
                    for part in 0..<width {
                        let value = V.product(buffer[target(e * width + part)], factor)
                        for lane in 0..<lanes.count {
                            lanes.starts[lane][position * width + part] = value[lane]
                        }
                    }
                }
            }
        }
    }

    /// The first scalar of each square tile along a run; the last tile reaches back over the one before.
    @inline(__always)
    private func tiles(_ run: Int, _ body: (Int) -> Void) {
        var f = 0
        while true {
            body(f)
            if f + V.scalarCount == run { break }
            f = min(f + V.scalarCount, run - V.scalarCount)
        }
    }
}
