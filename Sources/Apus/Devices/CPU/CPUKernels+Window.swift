import ApusKernels

extension CPUKernels {
    package func windowMax(
        _ x: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, into y: UnsafeMutableRawPointer,
        indices: UnsafeMutableRawPointer?, relu: Bool
    ) {
        access { Kernels.windowMax(x, dtype, windows, into: y, indices: indices, relu: relu) }
    }

    package func windowMaxGradient(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) {
        access { Kernels.windowMaxGradient(gradient, dtype, windows, indices: indices, into: y) }
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

    package func windowSum(
        _ x: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, into y: UnsafeMutableRawPointer
    ) {
        access { Kernels.windowSum(x, dtype, windows, into: y) }
    }
}
