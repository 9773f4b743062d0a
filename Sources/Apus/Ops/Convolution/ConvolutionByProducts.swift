import ApusKernelCalls

/// Convolutions as matrix products of windows ("im2col"): for every type that has products and no kernels of its own,
/// double precision above all.
///
/// Images lie channels last, weights row-major; all are of one type that kernels compute in.
struct ConvolutionByProducts {
    private let shape: ConvolutionShape
    private let dtype: DType
    /// The shape of the padded input and its memory order.
    private let padded: Layout
    private let isPadded: Bool
    /// Positions of the output, and elements of a window in one group.
    private let positions: Int
    private let window: Int
    private let groupInputs: Int
    private let groupOutputs: Int

    init(_ shape: ConvolutionShape, _ dtype: DType) {
        self.shape = shape
        self.dtype = dtype
        let extents = shape.input.indices.map {
            shape.before[$0] + shape.input[$0] + Swift.max(0, shape.after[$0])
        }
        padded = Layout(channelsLast: [shape.batch, shape.inputs] + extents)
        isPadded = extents != shape.input
        positions = shape.output.reduce(shape.batch, *)
        groupInputs = shape.inputs / shape.groups
        groupOutputs = shape.outputs / shape.groups
        window = shape.kernel.reduce(groupInputs, *)
    }

    func forward(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, into result: Tensor) {
        let windows = windows(of: x)
        // The products of several groups follow each other; in the result they are side by side.
        let apart = shape.groups == 1 ? result : Tensor(uninitialized: [result.count], dtype)
        kernels.multiplyBatched(
            dtype, batch: shape.groups, m: positions, n: groupOutputs, k: window,
            a: windows.start, aRowStride: shape.groups * window, aColumnStride: 1, aBatchStride: window,
            b: weight.start, bRowStride: 1, bColumnStride: window, bBatchStride: groupOutputs * window,
            c: apart.base, cBatchStride: positions * groupOutputs)
        if shape.groups > 1 {
            let together = Layout(
                shape: [shape.groups, positions, groupOutputs], strides: [groupOutputs, shape.outputs, 1])
            kernels.copyElements(
                Operand(apart.base, dtype, Layout(contiguous: together.shape)),
                into: Operand(result.base, dtype, together))
        }
        if let bias {
            let rows = [positions, shape.outputs]
            let target = Operand(result.base, dtype, Layout(contiguous: rows))
            let broadcastBias = Operand(bias.start, dtype, Layout(shape: rows, strides: [0, 1]))
            kernels.run(Kernels.add, target, broadcastBias, into: target, computing: dtype)
        }
    }

    func weightGradient(_ x: Tensor, _ gradient: Tensor, into result: Tensor) {
        let windows = windows(of: x)
        kernels.multiplyBatched(
            dtype, batch: shape.groups, m: groupOutputs, n: window, k: positions,
            a: gradient.start, aRowStride: 1, aColumnStride: shape.outputs, aBatchStride: groupOutputs,
            b: windows.start, bRowStride: shape.groups * window, bColumnStride: 1, bBatchStride: window,
            c: result.base, cBatchStride: groupOutputs * window)
    }

    func inputGradient(_ gradient: Tensor, _ weight: Tensor, into result: Tensor) {
        let sums = isPadded ? Tensor(uninitialized: padded, dtype) : result
        kernels.clear(sums.base, byteCount: sums.count * dtype.size)
        if positions > 0 {
            let windows = Tensor(uninitialized: [shape.groups, positions, window], dtype)
            kernels.multiplyBatched(
                dtype, batch: shape.groups, m: positions, n: window, k: groupOutputs,
                a: gradient.start, aRowStride: shape.outputs, aColumnStride: 1, aBatchStride: groupOutputs,
                b: weight.start, bRowStride: window, bColumnStride: 1, bBatchStride: groupOutputs * window,
                c: windows.base, cBatchStride: positions * window)
            add(windows, to: sums)
        }
        if isPadded { kernels.copyElements(Operand(sums.base, dtype, inside), into: result.operand) }
    }

    /// The input's part of the padded memory.
    private var inside: Layout {
        let offset = shape.input.indices.reduce(0) { $0 + shape.before[$1] * padded.strides[2 + $1] }
        return Layout(
            shape: [shape.batch, shape.inputs] + shape.input, strides: padded.strides, offset: offset)
    }

    /// Strides over the padded memory: batch, positions, groups, channels.
    private var positionStrides: [Int] {
        let steps = shape.stride.indices.map { shape.stride[$0] * padded.strides[2 + $0] }
        return [padded.strides[0]] + steps + [groupInputs * padded.strides[1], padded.strides[1]]
    }

    /// [batch, positions…, groups, channels, kernel…], row-major.
    private func windows(of x: Tensor) -> Tensor {
        var source = x
        if isPadded {
            source = Tensor(uninitialized: padded, dtype)
            kernels.clear(source.base, byteCount: source.count * dtype.size)
            kernels.copyElements(x.operand, into: Operand(source.base, dtype, inside))
        }
        let steps = shape.dilation.indices.map { shape.dilation[$0] * padded.strides[2 + $0] }
        let view = Layout(
            shape: [shape.batch] + shape.output + [shape.groups, groupInputs] + shape.kernel,
            strides: positionStrides + steps)
        let result = Tensor(uninitialized: view.shape, dtype)
        kernels.copyElements(Operand(source.start, dtype, view), into: result.operand)
        return result
    }

    /// Adds windows [groups, batch, positions…, channels, kernel…] to the elements that they were read from, one
    /// position of the kernel at a time: no two windows have the same position at the same element.
    private func add(_ windows: Tensor, to sums: Tensor) {
        let kernelSize = window / groupInputs
        let shapeOfPositions = [shape.batch] + shape.output + [shape.groups, groupInputs]
        var strides = [groupInputs * kernelSize]
        for extent in shape.output.reversed() { strides.insert(strides[0] * extent, at: 0) }
        strides += [positions * window, kernelSize]
        for index in 0..<kernelSize {
            var (rest, offset) = (index, 0)
            for axis in shape.kernel.indices.reversed() {
                offset += rest % shape.kernel[axis] * shape.dilation[axis] * padded.strides[2 + axis]
                rest /= shape.kernel[axis]
            }
            let target = Operand(
                sums.base, dtype, Layout(shape: shapeOfPositions, strides: positionStrides, offset: offset))
            let source = Operand(
                windows.base, dtype, Layout(shape: shapeOfPositions, strides: strides, offset: index))
            kernels.run(Kernels.add, target, source, into: target, computing: dtype)
        }
    }
}
