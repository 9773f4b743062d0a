import ApusKernels

extension CPUKernels {
    package func maxTaps(
        _ x: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, into y: UnsafeMutableRawPointer,
        places: UnsafeMutableRawPointer?, relu: Bool
    ) {
        access { Kernels.maxTaps(x, dtype, taps, into: y, places: places, relu: relu) }
    }

    package func maxTapsGradient(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, places: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        access { Kernels.maxTapsGradient(gradient, dtype, taps, places: places, into: y) }
    }

    package func takePlaces(
        _ x: UnsafeRawPointer, _ dtype: DType, _ elements: PlacedElements, places: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        access { Kernels.takePlaces(x, dtype, elements, places: places, into: y) }
    }

    package func putPlaces(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ elements: PlacedElements, places: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        access { Kernels.putPlaces(gradient, dtype, elements, places: places, into: y) }
    }

    package func weighTaps(
        _ x: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, into y: UnsafeMutableRawPointer
    ) {
        access { Kernels.weighTaps(x, dtype, taps, into: y) }
    }
}
