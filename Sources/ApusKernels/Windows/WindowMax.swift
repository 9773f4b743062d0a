import ApusKernelBase
import ApusCore

extension Kernels {
    /// Each element of the result is the largest of its window, the first of equal ones; NaN wins. An empty window
    /// gives the lowest value of the type, at index -1.
    ///
    /// - Parameters:
    ///   - dtype: a real type that kernels compute in, except uint8.
    ///   - x, y: dense [batch, depth, height, width, channels].
    ///   - indices: the position of each maximum, counted through the spatial axes of the input in row-major
    ///     order; integers as wide as the elements.
    ///   - relu: whether a maximum that is not above 0 becomes 0, at index -1.
    package static func windowMax(
        _ x: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, into y: UnsafeMutableRawPointer,
        indices: UnsafeMutableRawPointer?, relu: Bool = false
    ) {
        if windows.isEmpty { return }
        switch dtype {
        case .int32: maxRows(SIMD1<Int32>.self, x, windows, y, indices, relu)
        case .int64: maxRows(SIMD1<Int64>.self, x, windows, y, indices, relu)
        case .float64: maxOf(Double.self, x, windows, y, indices, relu)
        default: maxOf(Float.self, x, windows, y, indices, relu)
        }
    }

    /// The gradient of the input of `windowMax`: each element of `gradient` is added at the position of its maximum.
    ///
    /// - Parameters:
    ///   - windows: those of the pooling, transposed.
    ///   - dtype: float32 or float64.
    package static func windowMaxGradient(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        if windows.isEmpty { return }
        withRowType(dtype) {
            gradientOf($0, gradient, windows, indices, y)
        } _: {
            gradientOf($0, gradient, windows, indices, y)
        }
    }
}

@inline(__always)
private func maxOf<T: PoolElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ windows: WindowGrid, _ y: UnsafeMutableRawPointer,
    _ indices: UnsafeMutableRawPointer?, _ relu: Bool
) {
    switch windows.channels {
    case 16...: maxRows(SIMD16<T>.self, x, windows, y, indices, relu)
    case 8...: maxRows(SIMD8<T>.self, x, windows, y, indices, relu)
    default: maxRows(SIMD1<T>.self, x, windows, y, indices, relu)
    }
}

@inline(__always)
private func maxRows<V: PoolVector>(
    _: V.Type, _ x: UnsafeRawPointer, _ windows: WindowGrid, _ y: UnsafeMutableRawPointer,
    _ indices: UnsafeMutableRawPointer?, _ relu: Bool
) {
    if let indices {
        maxRows(V.self, x, windows, y, indices, relu, findsIndices: true)
    } else {
        maxRows(V.self, x, windows, y, y, relu, findsIndices: false)
    }
}

/// The largest of the values so far, and its index.
private struct Maximum<V: PoolVector> {
    typealias Index = V.MaskStorage.Scalar

    var value: V
    var index: V.MaskStorage

    @inline(__always)
    init(_ value: V, at index: Int) {
        self.value = value
        self.index = V.MaskStorage(repeating: Index(truncatingIfNeeded: index))
    }

    @inline(__always)
    mutating func take(_ other: V, at here: Int, findsIndices: Bool) {
        let isLarger = V.exceeds(other, value)
        value = value.replacing(with: other, where: isLarger)
        if findsIndices {
            let here = V.MaskStorage(repeating: Index(truncatingIfNeeded: here))
            index = index.replacing(with: here, where: isLarger)
        }
    }

    @inline(__always)
    func store(
        _ y: UnsafeMutablePointer<V.Scalar>, _ indices: UnsafeMutablePointer<Index>, relu: Bool,
        findsIndices: Bool
    ) {
        var (value, index) = (value, index)
        if relu {
            let isBelow = .!V.exceeds(value, V(repeating: V.Scalar.zero))
            value = value.replacing(with: V(repeating: V.Scalar.zero), where: isBelow)
            if findsIndices { index = index.replacing(with: V.MaskStorage(repeating: -1), where: isBelow) }
        }
        value.store(at: y)
        if findsIndices { index.store(at: indices) }
    }
}

// These compute all channels of one window. They are not inlined into the loop over the rows: that function would be
// too long to be optimized as a whole, and the compiler would leave a call in it for each element of a window.

/// The maxima of a window of 2 × 2.
private func maxOfPairs<V: PoolVector>(
    _: V.Type, _ upper: UnsafePointer<V.Scalar>, _ lower: UnsafePointer<V.Scalar>, _ channels: Int,
    _ upperIndex: Int, _ lowerIndex: Int, _ y: UnsafeMutablePointer<V.Scalar>,
    _ indices: UnsafeMutablePointer<V.MaskStorage.Scalar>, relu: Bool, findsIndices: Bool
) {
    var start = 0
    while start < channels {
        let at = min(start, channels &- V.scalarCount)
        var best = Maximum(V(at: upper + at), at: upperIndex)
        best.take(V(at: upper + (channels &+ at)), at: upperIndex &+ 1, findsIndices: findsIndices)
        best.take(V(at: lower + at), at: lowerIndex, findsIndices: findsIndices)
        best.take(V(at: lower + (channels &+ at)), at: lowerIndex &+ 1, findsIndices: findsIndices)
        best.store(y + at, indices + at, relu: relu, findsIndices: findsIndices)
        start &+= V.scalarCount
    }
}

/// The maxima of the window that has the entries `first..<end` of the width in each of the rows.
private func maxOfWindow<V: PoolVector>(
    _: V.Type, _ x: UnsafePointer<V.Scalar>, _ rows: WindowGrid.Rows, _ width: WindowPointers<Double>,
    _ first: Int, _ end: Int, _ channels: Int, _ inputRow: Int, _ extent: Int,
    _ y: UnsafeMutablePointer<V.Scalar>, _ indices: UnsafeMutablePointer<V.MaskStorage.Scalar>, relu: Bool,
    findsIndices: Bool
) {
    var start = 0
    while start < channels {
        let at = min(start, channels &- V.scalarCount)
        var best = Maximum(
            V(at: x + (rows.rows[0] &* inputRow &+ width.offsets[first] &+ at)),
            at: (rows.rows[0] &- rows.first) &* extent &+ width.positions[first])
        for j in 0..<rows.count {
            let row = x + (rows.rows[j] &* inputRow &+ at)
            let firstOfRow = (rows.rows[j] &- rows.first) &* extent
            for entry in first..<end {
                best.take(
                    V(at: row + width.offsets[entry]), at: firstOfRow &+ width.positions[entry],
                    findsIndices: findsIndices)
            }
        }
        best.store(y + at, indices + at, relu: relu, findsIndices: findsIndices)
        start &+= V.scalarCount
    }
}

@inline(__always)
private func maxRows<V: PoolVector>(
    _: V.Type, _ x: UnsafeRawPointer, _ windows: WindowGrid, _ y: UnsafeMutableRawPointer,
    _ indices: UnsafeMutableRawPointer, _ relu: Bool, findsIndices: Bool
) {
    typealias Index = V.MaskStorage.Scalar
    let x = x.assumingMemoryBound(to: V.Scalar.self)
    let y = y.assumingMemoryBound(to: V.Scalar.self)
    let indices = indices.assumingMemoryBound(to: Index.self)
    let (channels, extent, outputs) = (windows.channels, windows.width.inputs, windows.width.outputs)
    let (inputRow, resultRow) = (windows.inputRow, windows.resultRow)
    let width = WindowPointers<Double>(windows.width, step: channels)
    defer { width.deallocate() }
    let isInPairs = windows.width.isInPairs
    let lowest = relu ? V.Scalar.zero : V.Scalar.lowest

    windows.forEachRow { rows in
        let inPairs = isInPairs && rows.count == 2
        for i in 0..<outputs {
            let (first, end) = (width.starts[i], width.starts[i + 1])
            let target = rows.result * resultRow + i * channels
            if first == end || rows.count == 0 {
                for channel in target..<(target + channels) {
                    y[channel] = lowest
                    if findsIndices { indices[channel] = -1 }
                }
                continue
            }
            if inPairs {
                // Windows side by side.
                let upperIndex = (rows.rows[0] &- rows.first) &* extent &+ 2 &* i
                maxOfPairs(
                    V.self, x + (rows.rows[0] &* inputRow &+ 2 &* i &* channels),
                    x + (rows.rows[1] &* inputRow &+ 2 &* i &* channels), channels, upperIndex,
                    upperIndex &+ (rows.rows[1] &- rows.rows[0]) &* extent, y + target, indices + target,
                    relu: relu, findsIndices: findsIndices)
            } else {
                maxOfWindow(
                    V.self, x, rows, width, first, end, channels, inputRow, extent, y + target,
                    indices + target, relu: relu, findsIndices: findsIndices)
            }
        }
    }
}

@inline(__always)
private func gradientOf<T: PoolElement & BinaryFloatingPoint>(
    _: T.Type, _ gradient: UnsafeRawPointer, _ windows: WindowGrid, _ indices: UnsafeRawPointer,
    _ y: UnsafeMutableRawPointer
) {
    switch windows.channels {
    case 16...: gradientRows(SIMD16<T>.self, gradient, windows, indices, y)
    case 8...: gradientRows(SIMD8<T>.self, gradient, windows, indices, y)
    default: gradientRows(SIMD1<T>.self, gradient, windows, indices, y)
    }
}

// Each position of the input adds up the gradients of those windows whose maximum it is, rather than each window adding
// to its maximum: no two threads write the same element, and the sums have one order.
@inline(__always)
private func gradientRows<V: PoolVector>(
    _: V.Type, _ gradient: UnsafeRawPointer, _ windows: WindowGrid, _ indices: UnsafeRawPointer,
    _ y: UnsafeMutableRawPointer
) where V.Scalar: BinaryFloatingPoint {
    typealias Index = V.MaskStorage.Scalar
    let isTiled = max(windows.depth.longest, windows.height.longest, windows.width.longest) <= 1
    let gradient = gradient.assumingMemoryBound(to: V.Scalar.self)
    let y = y.assumingMemoryBound(to: V.Scalar.self)
    let indices = indices.assumingMemoryBound(to: Index.self)
    let (channels, outputs) = (windows.channels, windows.width.outputs)
    let (inputRow, resultRow) = (windows.inputRow, windows.resultRow)
    let rowsOfImage = windows.depth.outputs * windows.height.outputs
    let width = WindowPointers<Double>(windows.width, step: channels)
    defer { width.deallocate() }
    windows.forEachRow { rows in
        let firstIndex = rows.result % rowsOfImage * outputs
        let target = y + rows.result &* resultRow
        if isTiled && rows.count == 0 {
            for element in 0..<resultRow { target[element] = 0 }
            return
        }
        if isTiled {
            // Windows do not overlap, so at most one has a position in it, and neighboring positions mostly share
            // theirs.
            let (gradient, indices) = (
                gradient + rows.rows[0] &* inputRow, indices + rows.rows[0] &* inputRow
            )
            let zero = V(repeating: 0)
            var start = 0
            while start < channels {
                let at = min(start, channels &- V.scalarCount)
                var (last, index, value) = (-1, V.MaskStorage(repeating: 0), zero)
                var here = Index(truncatingIfNeeded: firstIndex)
                for i in 0..<outputs {
                    let target = target + (i &* channels &+ at)
                    let first = width.starts[i]
                    if first == width.starts[i &+ 1] {
                        zero.store(at: target)
                    } else {
                        let offset = width.offsets[first] &+ at
                        if offset != last {
                            (last, index, value) = (
                                offset, .init(at: indices + offset), V(at: gradient + offset)
                            )
                        }
                        let isHere = V.areEqual(index, V.MaskStorage(repeating: here))
                        zero.replacing(with: value, where: isHere).store(at: target)
                    }
                    here &+= 1
                }
                start &+= V.scalarCount
            }
            return
        }
        for i in 0..<outputs {
            let (first, end) = (width.starts[i], width.starts[i + 1])
            let target = rows.result * resultRow + i * channels
            let here = V.MaskStorage(repeating: Index(truncatingIfNeeded: firstIndex &+ i))
            var start = 0
            while start < channels {
                let at = min(start, channels &- V.scalarCount)
                var sum = V(repeating: 0)
                for j in 0..<rows.count {
                    let row = rows.rows[j] &* inputRow &+ at
                    for entry in first..<end {
                        let offset = row &+ width.offsets[entry]
                        let isHere = V.areEqual(V.MaskStorage(at: indices + offset), here)
                        sum += V(repeating: 0).replacing(with: V(at: gradient + offset), where: isHere)
                    }
                }
                sum.store(at: y + (target &+ at))
                start &+= V.scalarCount
            }
        }
    }
}
