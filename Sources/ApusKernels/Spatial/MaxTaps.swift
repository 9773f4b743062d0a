import ApusCore

extension Kernels {
    /// Each element of the result is the largest of its taps: the first of equal ones; NaN wins. Without taps it is
    /// the lowest value there is, at place -1.
    ///
    /// - Parameters:
    ///   - dtype: a real type that kernels compute in but uint8.
    ///   - x, y: dense [batch, depth, height, width, channels].
    ///   - places: where each maximum stood, counted through the spatial axes of the input in row-major
    ///     order; integers as wide as the elements.
    public static func maxTaps(
        _ x: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, into y: UnsafeMutableRawPointer,
        places: UnsafeMutableRawPointer?
    ) {
        if taps.isEmpty { return }
        switch dtype {
        case .int32: maxRows(SIMD1<Int32>.self, x, taps, y, places)
        case .int64: maxRows(SIMD1<Int64>.self, x, taps, y, places)
        case .float64: maxOf(Double.self, x, taps, y, places)
        default: maxOf(Float.self, x, taps, y, places)
        }
    }

    /// The gradient of `maxTaps`' input: each element of `gradient` goes where its maximum stood.
    ///
    /// - Parameters:
    ///   - taps: those of the pooling, transposed.
    ///   - dtype: float32 or float64.
    public static func maxTapsGradient(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, places: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        if taps.isEmpty { return }
        if dtype == .float64 {
            gradientOf(Double.self, gradient, taps, places, y)
        } else {
            gradientOf(Float.self, gradient, taps, places, y)
        }
    }
}

@inline(__always)
private func maxOf<T: PoolElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ taps: SpatialTaps, _ y: UnsafeMutableRawPointer,
    _ places: UnsafeMutableRawPointer?
) {
    switch taps.channels {
    case 16...: maxRows(SIMD16<T>.self, x, taps, y, places)
    case 8...: maxRows(SIMD8<T>.self, x, taps, y, places)
    default: maxRows(SIMD1<T>.self, x, taps, y, places)
    }
}

@inline(__always)
private func maxRows<V: PoolVector>(
    _: V.Type, _ x: UnsafeRawPointer, _ taps: SpatialTaps, _ y: UnsafeMutableRawPointer,
    _ places: UnsafeMutableRawPointer?
) {
    if let places {
        maxRows(V.self, x, taps, y, places, findsPlaces: true)
    } else {
        maxRows(V.self, x, taps, y, y, findsPlaces: false)
    }
}

@inline(__always)
private func maxRows<V: PoolVector>(
    _: V.Type, _ x: UnsafeRawPointer, _ taps: SpatialTaps, _ y: UnsafeMutableRawPointer,
    _ places: UnsafeMutableRawPointer, findsPlaces: Bool
) {
    typealias Place = V.MaskStorage.Scalar
    let x = x.assumingMemoryBound(to: V.Scalar.self)
    let y = y.assumingMemoryBound(to: V.Scalar.self)
    let places = places.assumingMemoryBound(to: Place.self)
    let (channels, extent, outputs) = (taps.channels, taps.width.inputs, taps.width.outputs)
    let (inputRow, resultRow) = (taps.inputRow, taps.resultRow)
    let width = WidthTaps(taps) { _ in V.Scalar.zero }
    defer { width.deallocate() }
    taps.forEachRow { rows in
        for i in 0..<outputs {
            let (first, end) = (width.starts[i], width.starts[i + 1])
            let target = rows.result * resultRow + i * channels
            if first == end || rows.count == 0 {
                for channel in target..<(target + channels) {
                    y[channel] = V.Scalar.lowest
                    if findsPlaces { places[channel] = -1 }
                }
                continue
            }
            var start = 0
            while start < channels {
                let at = min(start, channels &- V.scalarCount)
                var best = V(at: x + (rows.rows[0] &* inputRow &+ width.offsets[first] &+ at))
                var place = V.MaskStorage(
                    repeating: Place(
                        truncatingIfNeeded: (rows.rows[0] &- rows.first) &* extent &+ width.positions[first]))
                for j in 0..<rows.count {
                    let row = x + (rows.rows[j] &* inputRow &+ at)
                    let firstOfRow = (rows.rows[j] &- rows.first) &* extent
                    for tap in first..<end {
                        let value = V(at: row + width.offsets[tap])
                        let isBetter = V.exceeds(value, best)
                        best = best.replacing(with: value, where: isBetter)
                        if findsPlaces {
                            let here = Place(truncatingIfNeeded: firstOfRow &+ width.positions[tap])
                            place = place.replacing(with: V.MaskStorage(repeating: here), where: isBetter)
                        }
                    }
                }
                best.store(at: y + (target &+ at))
                if findsPlaces { place.store(at: places + (target &+ at)) }
                start &+= V.scalarCount
            }
        }
    }
}

@inline(__always)
private func gradientOf<T: PoolElement & BinaryFloatingPoint>(
    _: T.Type, _ gradient: UnsafeRawPointer, _ taps: SpatialTaps, _ places: UnsafeRawPointer,
    _ y: UnsafeMutableRawPointer
) {
    switch taps.channels {
    case 16...: gradientRows(SIMD16<T>.self, gradient, taps, places, y)
    case 8...: gradientRows(SIMD8<T>.self, gradient, taps, places, y)
    default: gradientRows(SIMD1<T>.self, gradient, taps, places, y)
    }
}

// Every input looks through the windows that reach it for those whose maximum it is: no two threads write
// the same element, and the sums have one order.
@inline(__always)
private func gradientRows<V: PoolVector>(
    _: V.Type, _ gradient: UnsafeRawPointer, _ taps: SpatialTaps, _ places: UnsafeRawPointer,
    _ y: UnsafeMutableRawPointer
) where V.Scalar: BinaryFloatingPoint {
    typealias Place = V.MaskStorage.Scalar
    let isTiled = max(taps.depth.longest, taps.height.longest, taps.width.longest) <= 1
    let gradient = gradient.assumingMemoryBound(to: V.Scalar.self)
    let y = y.assumingMemoryBound(to: V.Scalar.self)
    let places = places.assumingMemoryBound(to: Place.self)
    let (channels, outputs) = (taps.channels, taps.width.outputs)
    let (inputRow, resultRow) = (taps.inputRow, taps.resultRow)
    let rowsOfImage = taps.depth.outputs * taps.height.outputs
    let width = WidthTaps(taps) { V.Scalar($0) }
    defer { width.deallocate() }
    taps.forEachRow { rows in
        let firstPlace = rows.result % rowsOfImage * outputs
        if isTiled {
            // Windows that do not overlap: at most one for each input.
            let row = rows.count == 0 ? 0 : rows.rows[0] &* inputRow
            for i in 0..<outputs {
                let (first, target) = (width.starts[i], y + (rows.result &* resultRow &+ i &* channels))
                if rows.count == 0 || first == width.starts[i + 1] {
                    for channel in 0..<channels { target[channel] = 0 }
                    continue
                }
                let offset = row &+ width.offsets[first]
                let here = V.MaskStorage(repeating: Place(truncatingIfNeeded: firstPlace &+ i))
                var start = 0
                while start < channels {
                    let at = min(start, channels &- V.scalarCount)
                    let isHere = V.areEqual(V.MaskStorage(at: places + (offset &+ at)), here)
                    V(repeating: 0).replacing(with: V(at: gradient + (offset &+ at)), where: isHere)
                        .store(at: target + at)
                    start &+= V.scalarCount
                }
            }
            return
        }
        for i in 0..<outputs {
            let (first, end) = (width.starts[i], width.starts[i + 1])
            let target = rows.result * resultRow + i * channels
            let here = V.MaskStorage(repeating: Place(truncatingIfNeeded: firstPlace &+ i))
            var start = 0
            while start < channels {
                let at = min(start, channels &- V.scalarCount)
                var sum = V(repeating: 0)
                for j in 0..<rows.count {
                    let row = rows.rows[j] &* inputRow &+ at
                    for tap in first..<end {
                        let offset = row &+ width.offsets[tap]
                        let isHere = V.areEqual(V.MaskStorage(at: places + offset), here)
                        sum += V(repeating: 0).replacing(with: V(at: gradient + offset), where: isHere)
                    }
                }
                sum.store(at: y + (target &+ at))
                start &+= V.scalarCount
            }
        }
    }
}
