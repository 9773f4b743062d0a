import ApusKernelBase
import ApusCore

extension Kernels {
    /// The elements at the indices that `windowMax` found; 0 at index -1.
    ///
    /// - Parameters:
    ///   - dtype: complex64 or complex128.
    ///   - indices: for each element of `y` its position in `x`, counted within the image; integers as wide as a part.
    package static func gatherIndices(
        _ x: UnsafeRawPointer, _ dtype: DType, _ elements: IndexedImages, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        withRowType(dtype.realType) { _ in
            take(ComplexFloat.self, Int32.self, x, elements, indices, y)
        } _: { _ in
            take(ComplexDouble.self, Int64.self, x, elements, indices, y)
        }
    }

    /// The gradient of `gatherIndices`: each element is added at the index that it was taken from; the rest is 0.
    package static func scatterIndices(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ elements: IndexedImages, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        withRowType(dtype.realType) {
            put($0, Int32.self, gradient, elements, indices, y)
        } _: {
            put($0, Int64.self, gradient, elements, indices, y)
        }
    }
}

@inline(__always)
private func take<T, Index: FixedWidthInteger>(
    _: ComplexPair<T>.Type, _: Index.Type, _ x: UnsafeRawPointer, _ elements: IndexedImages,
    _ indices: UnsafeRawPointer, _ y: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: ComplexPair<T>.self)
    let y = y.assumingMemoryBound(to: ComplexPair<T>.self)
    let indices = indices.assumingMemoryBound(to: Index.self)
    let (outputs, channels) = (elements.outputs, elements.channels)
    let rowsPerUnit = max(1, 4096 / max(channels, 1))
    let unitsOfImage = (outputs + rowsPerUnit - 1) / rowsPerUnit
    Parallel.units(elements.batch * unitsOfImage, cost: 4 * rowsPerUnit * channels) { unit in
        let (image, first) = (unit / unitsOfImage, unit % unitsOfImage * rowsPerUnit)
        let x = x + image * elements.inputs * channels
        for row in first..<min(first + rowsPerUnit, outputs) {
            let start = (image * outputs + row) * channels
            let (y, indices) = (y + start, indices + start)
            for channel in 0..<channels {
                let index = Int(indices[channel])
                y[channel] = index < 0 ? ComplexPair(0, 0) : x[index &* channels &+ channel]
            }
        }
    }
}

// Each image belongs to one thread, so that sums have one order.
@inline(__always)
private func put<T: BinaryFloatingPoint & Sendable, Index: FixedWidthInteger>(
    _: T.Type, _: Index.Type, _ gradient: UnsafeRawPointer, _ elements: IndexedImages,
    _ indices: UnsafeRawPointer, _ y: UnsafeMutableRawPointer
) {
    let gradient = gradient.assumingMemoryBound(to: ComplexPair<T>.self)
    let y = y.assumingMemoryBound(to: ComplexPair<T>.self)
    let indices = indices.assumingMemoryBound(to: Index.self)
    let (outputs, channels) = (elements.outputs, elements.channels)
    let length = elements.inputs * channels
    Parallel.units(elements.batch, cost: length + 4 * outputs * channels) { image in
        let (y, start) = (y + image * length, image * outputs * channels)
        let (gradient, indices) = (gradient + start, indices + start)
        for i in 0..<length { y[i] = ComplexPair(0, 0) }
        for row in 0..<outputs {
            for channel in 0..<channels {
                let element = row &* channels &+ channel
                let index = Int(indices[element])
                if index < 0 { continue }
                let target = index &* channels &+ channel
                y[target] = y[target] + gradient[element]
            }
        }
    }
}
