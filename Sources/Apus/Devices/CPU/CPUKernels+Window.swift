import ApusKernels

extension CPUKernels {
    package func maxTaps(
        _ x: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, into y: UnsafeMutableRawPointer,
        indices: UnsafeMutableRawPointer?, relu: Bool
    ) {
        access { Kernels.maxTaps(x, dtype, taps, into: y, indices: indices, relu: relu) }
    }

    package func maxTapsGradient(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        access { Kernels.maxTapsGradient(gradient, dtype, taps, indices: indices, into: y) }
    }

    package func gatherIndices(
        _ x: UnsafeRawPointer, _ dtype: DType, _ elements: IndexedImages, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        access { Kernels.gatherIndices(x, dtype, elements, indices: indices, into: y) }
    }

    package func scatterIndices(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ elements: IndexedImages, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        access { Kernels.scatterIndices(gradient, dtype, elements, indices: indices, into: y) }
    }

    package func weighTaps(
        _ x: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, into y: UnsafeMutableRawPointer
    ) {
        access { Kernels.weighTaps(x, dtype, taps, into: y) }
    }
}
