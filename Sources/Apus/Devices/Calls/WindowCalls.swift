import ApusKernelCalls

/// What is made of windows of images, such as pooling and resizing.
package protocol WindowCalls: DeviceCalls {
    /// Each element of the result is the largest of its taps: the first of equal ones; NaN wins. Without taps it is
    /// the lowest value there is, at index -1.
    ///
    /// - Parameters:
    ///   - dtype: a real type that kernels compute in but uint8.
    ///   - x, y: dense [batch, depth, height, width, channels].
    ///   - indices: where each maximum stood, counted through the spatial axes of the input in row-major
    ///     order; integers as wide as the elements.
    ///   - relu: what is not above 0 becomes 0, at index -1.
    func maxTaps(
        _ x: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, into y: UnsafeMutableRawPointer,
        indices: UnsafeMutableRawPointer?, relu: Bool)

    /// The gradient of `maxTaps`' input: each element of `gradient` goes where its maximum stood.
    ///
    /// - Parameters:
    ///   - taps: those of the pooling, transposed.
    ///   - dtype: float32 or float64.
    func maxTapsGradient(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer)

    /// The elements at the indices that `maxTaps` found; 0 at index -1.
    ///
    /// - Parameters:
    ///   - dtype: complex64 or complex128.
    ///   - indices: for each element of `y`, counted within its image; integers as wide as a part.
    func gatherIndices(
        _ x: UnsafeRawPointer, _ dtype: DType, _ elements: IndexedImages, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer)

    /// The gradient of `gatherIndices`: each element is added where it was taken from, all others are 0.
    func scatterIndices(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ elements: IndexedImages, indices: UnsafeRawPointer,
        into y: UnsafeMutableRawPointer)

    /// Each element of the result is the sum of its taps, each times the product of its axes' weights.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of both arrays.
    ///   - x, y: dense [batch, depth, height, width, channels].
    func weighTaps(
        _ x: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, into y: UnsafeMutableRawPointer)
}

extension WindowCalls {
    package func maxTaps(
        _ x: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, into y: UnsafeMutableRawPointer,
        indices: UnsafeMutableRawPointer?, relu: Bool
    ) { lacks() }

    package func maxTapsGradient(
        _ gradient: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, indices: UnsafeRawPointer,
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

    package func weighTaps(
        _ x: UnsafeRawPointer, _ dtype: DType, _ taps: SpatialTaps, into y: UnsafeMutableRawPointer
    ) { lacks() }
}
