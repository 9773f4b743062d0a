import ApusKernelCalls

/// What computes each element from a window of an image: pooling and interpolation.
package protocol WindowCalls: DeviceCalls {
    /// Each element of the result is the largest of its window, the first of equal ones; NaN wins. An empty window
    /// gives the lowest value of the type, at index -1.
    ///
    /// - Parameters:
    ///   - dtype: a real type that kernels compute in, except uint8.
    ///   - x, y: dense [batch, depth, height, width, channels].
    ///   - indices: the position of each maximum, counted through the spatial axes of the input in row-major
    ///     order; integers as wide as the elements.
    ///   - relu: whether a maximum that is not above 0 becomes 0, at index -1.
    func windowMax(
        _ x: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, into y: UnsafeMutableRawPointer,
        indices: UnsafeMutableRawPointer?, relu: Bool)

    /// The gradient of the input of `windowMax`: each element of `gradient` is added at the position of its maximum.
    ///
    /// - Parameters:
    ///   - windows: those of the pooling, transposed.
    ///   - dtype: float32 or float64.
    func windowMaxGradient(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer)

    /// The elements at the indices that `windowMax` found; 0 at index -1.
    ///
    /// - Parameters:
    ///   - dtype: complex64 or complex128.
    ///   - indices: for each element of `y` its position in `x`, counted within the image; integers as wide as a part.
    func gatherIndices(
        _ x: UnsafeRawPointer, _ dtype: DType, _ elements: IndexedImages, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer)

    /// The gradient of `gatherIndices`: each element is added at the index that it was taken from; the rest is 0.
    func scatterIndices(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ elements: IndexedImages, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer)

    /// Each element of the result is the sum of its window's elements, each times the product of its weights along the
    /// axes.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of both arrays.
    ///   - x, y: dense [batch, depth, height, width, channels].
    func windowSum(
        _ x: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, into y: UnsafeMutableRawPointer)
}

extension WindowCalls {
    package func windowMax(
        _ x: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, into y: UnsafeMutableRawPointer,
        indices: UnsafeMutableRawPointer?, relu: Bool
    ) { lacks() }

    package func windowMaxGradient(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) { lacks() }

    package func gatherIndices(
        _ x: UnsafeRawPointer, _ dtype: DType, _ elements: IndexedImages, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) { lacks() }

    package func scatterIndices(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ elements: IndexedImages, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer
    ) { lacks() }

    package func windowSum(
        _ x: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, into y: UnsafeMutableRawPointer
    ) { lacks() }
}
