import ApusCore
import ApusKernelBase

extension Kernels {
    /// Runs a linear recurrence; see `SequenceCalls`.
    package static func linearRecurrence(
        _ shape: LinearRecurrenceShape, _ dtype: DType, decay: UnsafeRawPointer, x: UnsafeRawPointer,
        initial: UnsafeRawPointer?, into y: UnsafeMutableRawPointer
    ) {
        if shape.split.isEmpty { return }
        switch dtype {
        case .float64: run(Double.self, shape, decay, x, initial, y)
        case .complex64: run(ComplexFloat.self, shape, decay, x, initial, y)
        case .complex128: run(ComplexDouble.self, shape, decay, x, initial, y)
        default: run(Float.self, shape, decay, x, initial, y)
        }
    }
}

/// Elements of a step that one thread takes through all steps: their states stay in the nearest cache.
private let tile = 256

private func run<T: SumElement>(
    _: T.Type, _ shape: LinearRecurrenceShape, _ decay: UnsafeRawPointer, _ x: UnsafeRawPointer,
    _ initial: UnsafeRawPointer?, _ y: UnsafeMutableRawPointer
) {
    let (length, inner) = (shape.split.length, shape.split.inner)
    let (x, y) = (x.assumingMemoryBound(to: T.self), y.assumingMemoryBound(to: T.self))
    let decay = decay.assumingMemoryBound(to: T.self)
    let initial = initial?.assumingMemoryBound(to: T.self)
    let tiles = (inner + tile - 1) / tile
    let first = shape.isReversed ? length - 1 : 0
    let step = shape.isReversed ? -1 : 1
    Parallel.units(shape.split.outer * tiles, cost: 2 * length * min(inner, tile)) { unit in
        let (outer, channel) = (unit / tiles, unit % tiles * tile)
        let lanes = min(tile, inner - channel)
        let (start, end) = (outer * length * inner + channel, outer * shape.decayOuter + channel)
        var at = start + first * inner
        if let initial, !shape.isLagged {
            next(
                decay + end + first * shape.decayStep, initial + outer * inner + channel, x + at,
                into: y + at,
                lanes)
        } else {
            (y + at).update(from: x + at, count: lanes)
        }
        for i in 1..<max(length, 1) {
            let time = first + (shape.isLagged ? i - 1 : i) * step
            let before = at
            at += step * inner
            next(decay + end + time * shape.decayStep, y + before, x + at, into: y + at, lanes)
        }
    }
}

@inline(__always)
private func next<T: SumElement>(
    _ decay: UnsafePointer<T>, _ state: UnsafePointer<T>, _ x: UnsafePointer<T>,
    into y: UnsafeMutablePointer<T>, _ count: Int
) {
    for i in 0..<count { y[i] = T.sum(T.product(decay[i], state[i]), x[i]) }
}
