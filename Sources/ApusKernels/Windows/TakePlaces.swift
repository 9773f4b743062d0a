import ApusKernelBase
import ApusCore

extension Kernels {
    /// The elements at the places that `maxTaps` found; 0 at place -1.
    ///
    /// - Parameters:
    ///   - dtype: complex64 or complex128.
    ///   - places: for each element of `y`, counted within its image; integers as wide as a part.
    package static func takePlaces(
        _ x: UnsafeRawPointer, _ dtype: DType, _ elements: PlacedElements, places: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        withRowType(dtype.realType) { _ in
            take(ComplexFloat.self, Int32.self, x, elements, places, y)
        } _: { _ in
            take(ComplexDouble.self, Int64.self, x, elements, places, y)
        }
    }

    /// The gradient of `takePlaces`: each element is added where it was taken from, all others are 0.
    package static func putPlaces(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ elements: PlacedElements, places: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        withRowType(dtype.realType) {
            put($0, Int32.self, gradient, elements, places, y)
        } _: {
            put($0, Int64.self, gradient, elements, places, y)
        }
    }
}

@inline(__always)
private func take<T, Place: FixedWidthInteger>(
    _: ComplexPair<T>.Type, _: Place.Type, _ x: UnsafeRawPointer, _ elements: PlacedElements,
    _ places: UnsafeRawPointer, _ y: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: ComplexPair<T>.self)
    let y = y.assumingMemoryBound(to: ComplexPair<T>.self)
    let places = places.assumingMemoryBound(to: Place.self)
    let (outputs, channels) = (elements.outputs, elements.channels)
    let rowsPerUnit = max(1, 4096 / max(channels, 1))
    let unitsOfImage = (outputs + rowsPerUnit - 1) / rowsPerUnit
    Parallel.units(elements.batch * unitsOfImage, cost: 4 * rowsPerUnit * channels) { unit in
        let (image, first) = (unit / unitsOfImage, unit % unitsOfImage * rowsPerUnit)
        let x = x + image * elements.inputs * channels
        for row in first..<min(first + rowsPerUnit, outputs) {
            let start = (image * outputs + row) * channels
            let (y, places) = (y + start, places + start)
            for channel in 0..<channels {
                let place = Int(places[channel])
                y[channel] = place < 0 ? ComplexPair(0, 0) : x[place &* channels &+ channel]
            }
        }
    }
}

// Each image belongs to one thread, so that sums have one order.
@inline(__always)
private func put<T: BinaryFloatingPoint & Sendable, Place: FixedWidthInteger>(
    _: T.Type, _: Place.Type, _ gradient: UnsafeRawPointer, _ elements: PlacedElements,
    _ places: UnsafeRawPointer, _ y: UnsafeMutableRawPointer
) {
    let gradient = gradient.assumingMemoryBound(to: ComplexPair<T>.self)
    let y = y.assumingMemoryBound(to: ComplexPair<T>.self)
    let places = places.assumingMemoryBound(to: Place.self)
    let (outputs, channels) = (elements.outputs, elements.channels)
    let length = elements.inputs * channels
    Parallel.units(elements.batch, cost: length + 4 * outputs * channels) { image in
        let (y, start) = (y + image * length, image * outputs * channels)
        let (gradient, places) = (gradient + start, places + start)
        for i in 0..<length { y[i] = ComplexPair(0, 0) }
        for row in 0..<outputs {
            for channel in 0..<channels {
                let element = row &* channels &+ channel
                let place = Int(places[element])
                if place < 0 { continue }
                let target = place &* channels &+ channel
                y[target] = y[target] + gradient[element]
            }
        }
    }
}
