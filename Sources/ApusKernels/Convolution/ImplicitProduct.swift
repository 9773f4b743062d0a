import ApusKernelBase

/// A convolution, or a part of one, as a product of two matrices: at each position of a grid the channels that its window
/// meets, a row, times the weights. The left matrix is never made ("implicit im2col"): images lie channels last, so each
/// row of it is some runs of memory, which pointers name.
///
/// The gradient of the input is such a product too: with a stride of s along an axis, the positions of the input fall
/// into s kinds, which see other weights of the kernel, and each kind is a product of its own.
struct ImplicitProduct {
    /// Neighboring positions whose channels are one stretch of memory: some of a row of the window.
    struct Run {
        /// Where it begins, seen from the window's position: plane, row, column.
        let plane: Int
        let row: Int
        let column: Int
        /// Positions.
        let count: Int
    }

    /// Of each of three axes.
    struct Axis {
        /// Windows.
        let count: Int
        /// Positions that are read from, and from one window to the next.
        let input: Int
        let inputStride: Int
        /// Positions that are written to, the first of them, and from one to the next.
        let output: Int
        let outputStart: Int
        let outputStride: Int
    }

    let batch: Int
    let groups: Int
    /// Channels read and written, of a group.
    let depth: Int
    let outputs: Int
    let axes: [Axis]
    let runs: [Run]
    /// For each position of each run the index of its weight in the kernel.
    let taps: [Int]
    /// In the weights, from a channel that is read to the next, from one that is written to the next, and from a group to
    /// the next.
    let depthStride: Int
    let outputStride: Int
    let groupStride: Int

    /// Floats of a row of the left matrix.
    var length: Int { taps.count * depth }
    var positions: Int { axes.reduce(batch) { $0 * $1.count } }
    var inputChannels: Int { groups * depth }
    var outputChannels: Int { groups * outputs }

    /// y = x ∗ w.
    static func forward(_ shape: ConvolutionShape) -> ImplicitProduct {
        let shape = shape.withThreeAxes
        let window = shape.kernel.reduce(1, *)
        let (depth, outputs) = (shape.inputs / shape.groups, shape.outputs / shape.groups)
        let axes = (0..<3).map {
            Axis(
                count: shape.output[$0], input: shape.input[$0], inputStride: shape.stride[$0],
                output: shape.output[$0], outputStart: 0, outputStride: 1)
        }
        let offsets = (0..<3).map { axis in
            (0..<shape.kernel[axis]).map { (tap: $0, offset: $0 * shape.dilation[axis] - shape.before[axis]) }
        }
        return ImplicitProduct(
            batch: shape.batch, groups: shape.groups, depth: depth, outputs: outputs, axes: axes,
            runs(shape, offsets), depthStride: window, outputStride: depth * window,
            groupStride: outputs * depth * window)
    }

    /// The gradient of x: a product for each kind of position.
    static func inputGradient(_ shape: ConvolutionShape) -> [ImplicitProduct] {
        let shape = shape.withThreeAxes
        let window = shape.kernel.reduce(1, *)
        let (depth, outputs) = (shape.outputs / shape.groups, shape.inputs / shape.groups)
        var result: [ImplicitProduct] = []
        for kind in 0..<shape.stride.reduce(1, *) {
            let first = [
                kind / shape.stride[2] / shape.stride[1], kind / shape.stride[2] % shape.stride[1],
                kind % shape.stride[2],
            ]
            let axes = (0..<3).map { axis in
                Axis(
                    count: max(0, shape.input[axis] - first[axis] + shape.stride[axis] - 1)
                        / shape.stride[axis],
                    input: shape.output[axis], inputStride: 1, output: shape.input[axis],
                    outputStart: first[axis], outputStride: shape.stride[axis])
            }
            if axes.contains(where: { $0.count == 0 }) { continue }
            // Output o meets input o·s + k·d − p.
            let offsets = (0..<3).map { axis in
                (0..<shape.kernel[axis]).reversed().compactMap { tap in
                    let distance = first[axis] + shape.before[axis] - tap * shape.dilation[axis]
                    return distance % shape.stride[axis] == 0 ? (tap, distance / shape.stride[axis]) : nil
                }
            }
            result.append(
                ImplicitProduct(
                    batch: shape.batch, groups: shape.groups, depth: depth, outputs: outputs, axes: axes,
                    runs(shape, offsets), depthStride: outputs * window, outputStride: window,
                    groupStride: outputs * depth * window))
        }
        return result
    }

    private init(
        batch: Int, groups: Int, depth: Int, outputs: Int, axes: [Axis], _ found: (runs: [Run], taps: [Int]),
        depthStride: Int, outputStride: Int, groupStride: Int
    ) {
        (self.batch, self.groups, self.depth, self.outputs, self.axes) = (batch, groups, depth, outputs, axes)
        (runs, taps) = found
        (self.depthStride, self.outputStride, self.groupStride) = (depthStride, outputStride, groupStride)
    }

    /// Positions along the last axis are joined where nothing lies between their channels, up to some hundred floats.
    private static func runs(
        _ shape: ConvolutionShape, _ offsets: [[(tap: Int, offset: Int)]]
    ) -> (runs: [Run], taps: [Int]) {
        let most = shape.groups == 1 ? max(1, 256 / max(shape.inputs, shape.outputs)) : 1
        var (runs, taps) = ([Run](), [Int]())
        for plane in offsets[0] {
            for row in offsets[1] {
                let first = (plane.tap * shape.kernel[1] + row.tap) * shape.kernel[2]
                taps += offsets[2].map { first + $0.tap }
                var index = 0
                while index < offsets[2].count {
                    var end = index + 1
                    while end < offsets[2].count, end - index < most,
                        offsets[2][end].offset == offsets[2][end - 1].offset + 1
                    {
                        end += 1
                    }
                    runs.append(
                        Run(
                            plane: plane.offset, row: row.offset, column: offsets[2][index].offset,
                            count: end - index))
                    index = end
                }
            }
        }
        return (runs, taps)
    }
}

extension ConvolutionShape {
    /// The same with three axes, the ones added of extent 1.
    fileprivate var withThreeAxes: ConvolutionShape {
        let more = 3 - input.count
        if more == 0 { return self }
        func with(_ value: Int, _ axes: [Int]) -> [Int] { Array(repeating: value, count: more) + axes }
        return ConvolutionShape(
            batch: batch, inputs: inputs, outputs: outputs, groups: groups, input: with(1, input),
            output: with(1, output), kernel: with(1, kernel), stride: with(1, stride),
            dilation: with(1, dilation), before: with(0, before), after: with(0, after))
    }
}
