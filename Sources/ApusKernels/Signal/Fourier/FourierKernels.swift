import ApusKernelBase
import ApusCore

/// Discrete Fourier transforms.
package enum FourierKernels {
    /// Transforms some axes of `x` into `y`, times `scale`.
    ///
    /// - Parameters:
    ///   - x: float32, float64, complex64 or complex128, of any strides; of a real inverse transform the
    ///     last of `axes` has n/2 + 1 elements.
    ///   - y: as `x`; in a real transform one of the two is real and the other complex.
    ///   - axes: of real transforms the last one is the one along which numbers are real.
    ///   - edge: the factor of those coefficients of a real transform that have no conjugate counterpart: the first one
    ///     and, at even lengths, the last one.
    package static func transform(
        _ kind: FourierKind, _ x: Operand, into y: Operand, axes: [Int], scale: Double, edge: Double = 1
    ) {
        if x.layout.shape.contains(0) || y.layout.shape.contains(0) { return }
        let lengths = axes.map { kind.isOutputReal ? y.layout.shape[$0] : x.layout.shape[$0] }
        let batch = Batch(
            x.layout.shape.indices.filter { !axes.contains($0) }.map {
                (x.layout.shape[$0], x.layout.strides[$0], y.layout.strides[$0])
            })
        // Several axes at once where they fit in the cache, and there are sequences for the lanes.
        let bytes = lengths.reduce(1, *) * x.dtype.realType.size
        if axes.count > 1 && (bytes > largestBlock || batch.count * x.dtype.realType.size < 32) {
            axisByAxis(kind, x, into: y, axes, scale, edge)
            return
        }
        let task = FourierTask(
            kind: kind, lengths: lengths, inputStrides: axes.map { x.layout.strides[$0] },
            outputStrides: axes.map { y.layout.strides[$0] }, batch: batch, scale: scale, edge: edge)
        withRowType(x.dtype.realType) { _ in
            run(task, SIMD16<Float>.self, x.pointer, y.pointer)
        } _: { _ in
            run(task, SIMD8<Double>.self, x.pointer, y.pointer)
        }
    }

    /// Bytes of the real parts of a sequence that, with as many others as fit in a vector, stays in the cache.
    private static let largestBlock = 16 << 10

    private static func axisByAxis(
        _ kind: FourierKind, _ x: Operand, into y: Operand, _ axes: [Int], _ scale: Double, _ edge: Double
    ) {
        let (last, others) = ([axes.last!], Array(axes.dropLast()))
        if kind == .realInverse {
            let between = Storage(byteCount: x.layout.elementCount * x.dtype.size)
            let operand = Operand(between.pointer, x.dtype, Layout(contiguous: x.layout.shape))
            transform(.inverse, x, into: operand, axes: others, scale: 1)
            transform(kind, operand, into: y, axes: last, scale: scale, edge: edge)
            withExtendedLifetime(between) {}
            return
        }
        transform(kind, x, into: y, axes: last, scale: scale, edge: edge)
        transform(kind == .inverse ? .inverse : .forward, y, into: y, axes: others, scale: 1)
    }

    @inline(__always)
    private static func run<V: LaneVector>(
        _ task: FourierTask, _: V.Type, _ x: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer
    ) {
        let (x, y) = (x.assumingMemoryBound(to: V.Scalar.self), y.assumingMemoryBound(to: V.Scalar.self))
        let (n, last) = (task.lengths[0], task.batch.extents.count - 1)
        // Sequences whose elements lie side by side in memory fill the lanes at no cost.
        let isInner = task.batch.inputStrides[last] == 1 && task.batch.extents[last] >= V.scalarCount
        if task.lengths.count > 1 || n <= 8192 && isInner {
            LaneJob<V>(task).run(x, y)
        } else if let job = RowJob<V>(task) {
            job.run(x, y)
        } else if n > 4096 || n > 256 && task.batch.count < V.scalarCount / 2, let job = LongJob<V>(task) {
            job.run(x, y)
        } else {
            LaneJob<V>(task).run(x, y)
        }
    }
}
