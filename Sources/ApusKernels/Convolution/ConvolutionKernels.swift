import ApusElementwiseKernels
import ApusKernelBase
import ApusReductionKernels
import ApusMatrixKernels
import ApusCore

/// Convolutions (cross-correlations) of float32 images that lie channels last, and their two gradients.
///
/// 1×1 convolutions are matrix products; 3×3 ones of many channels go by Winograd's filtering; depthwise ones with many
/// weights, all depthwise weight gradients and results of eight channels have kernels of their own; the others are
/// oneDNN's. Each returns false, and does nothing, where
/// oneDNN has no fast code: then the caller multiplies matrices of windows.
package enum ConvolutionKernels {
    /// y = x ∗ w + bias, and ReLU where asked for.
    package static func forward(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        relu: Bool, into y: UnsafeMutableRawPointer
    ) -> Bool {
        if shape.isPointwise {
            MatrixKernels.multiply(
                .float32, m: positions(shape), n: shape.outputs, k: shape.inputs,
                a: x, aRowStride: shape.inputs, aColumnStride: 1,
                b: w, bRowStride: 1, bColumnStride: shape.inputs, c: y, bias: bias, relu: relu)
            return true
        }
        if shape.isWideDepthwise {
            depthwiseConvolution(
                shape.atLeastPlanar, x.assumingMemoryBound(to: Float.self),
                w.assumingMemoryBound(to: Float.self),
                bias: bias?.assumingMemoryBound(to: Float.self), relu: relu,
                into: y.assumingMemoryBound(to: Float.self))
            return true
        }
        if let convolution = WinogradConvolution(shape) {
            convolution.real(x, w, isTransposed: false, bias, relu: relu, y)
            return true
        }
        if shape.isNarrow {
            narrowConvolution(
                shape, x.assumingMemoryBound(to: Float.self), w.assumingMemoryBound(to: Float.self),
                bias: bias?.assumingMemoryBound(to: Float.self), relu: relu,
                into: y.assumingMemoryBound(to: Float.self))
            return true
        }
        guard let primitive = OneDNN.shared.convolution(.forward, shape, hasBias: bias != nil)
        else { return false }
        primitive.run(x: x, w: w, y: y, bias: bias)
        // oneDNN's own ReLU would turn NaN into 0.
        if relu { Kernels.relu.runDense(y, y, shape.outputCount, .float32) }
        return true
    }

    /// The gradient of the input from that of the output; also the transposed convolution.
    package static func inputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    ) -> Bool {
        if shape.isPointwise {
            MatrixKernels.multiply(
                .float32, m: positions(shape), n: shape.inputs, k: shape.outputs,
                a: gradient, aRowStride: shape.outputs, aColumnStride: 1,
                b: w, bRowStride: shape.inputs, bColumnStride: 1, c: x)
            return true
        }
        if let back = shape.transposed, let convolution = WinogradConvolution(back) {
            convolution.real(gradient, w, isTransposed: true, nil, relu: false, x)
            return true
        }
        if let back = shape.transposed, shape.isDepthwise || max(shape.inputs, shape.outputs) <= 32 {
            let w = w.assumingMemoryBound(to: Float.self)
            return forwardFlipped(back, gradient, w, into: x)
        }
        guard let primitive = OneDNN.shared.convolution(.inputGradient, shape) else { return false }
        primitive.run(x: x, w: w, y: gradient)
        return true
    }

    /// The convolution with the kernels of another, [inputs, outputs / groups, window…], each flipped along all axes.
    /// Where channels are few this is faster than oneDNN's code for gradients.
    private static func forwardFlipped(
        _ shape: ConvolutionShape, _ x: UnsafeRawPointer, _ w: UnsafePointer<Float>,
        into y: UnsafeMutableRawPointer
    ) -> Bool {
        let window = shape.kernel.reduce(1, *)
        let (rows, columns) = (shape.outputs / shape.groups, shape.inputs / shape.groups)
        let flipped = Storage(byteCount: shape.weightCount * 4)
        let weights = flipped.pointer.assumingMemoryBound(to: Float.self)
        for group in 0..<shape.groups {
            for output in 0..<rows {
                for input in 0..<columns {
                    let source = w + ((group * columns + input) * rows + output) * window
                    let target = weights + ((group * rows + output) * columns + input) * window
                    for i in 0..<window { target[i] = source[window - 1 - i] }
                }
            }
        }
        defer { withExtendedLifetime(flipped) {} }
        return forward(shape, x: x, w: flipped.pointer, bias: nil, relu: false, into: y)
    }

    /// Whether `weightGradient` can give the biases' too.
    package static func includesBiasGradient(_ shape: ConvolutionShape) -> Bool {
        !shape.isPointwise && !(shape.isDepthwise && shape.atLeastPlanar.input.count == 2)
    }

    /// The gradient of the weights from the input and the gradient of the output.
    ///
    /// - Parameter bias: receives the sum of the gradient for each output, if it is wanted here: the gradient is read
    ///   for the weights anyway, and need not come from memory twice.
    package static func weightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer,
        into w: UnsafeMutableRawPointer, bias: UnsafeMutableRawPointer? = nil
    ) -> Bool {
        if shape.isPointwise {
            MatrixKernels.multiply(
                .float32, m: shape.outputs, n: shape.inputs, k: positions(shape),
                a: gradient, aRowStride: 1, aColumnStride: shape.outputs,
                b: x, bRowStride: shape.inputs, bColumnStride: 1, c: w)
            return true
        }
        if shape.isDepthwise && shape.atLeastPlanar.input.count == 2 {
            depthwiseWeightGradient(
                shape.atLeastPlanar, x.assumingMemoryBound(to: Float.self),
                gradient.assumingMemoryBound(to: Float.self), into: w.assumingMemoryBound(to: Float.self))
            return true
        }
        if let convolution = WinogradConvolution(shape) {
            convolution.realWeightGradient(
                x.assumingMemoryBound(to: Float.self), gradient.assumingMemoryBound(to: Float.self),
                into: w.assumingMemoryBound(to: Float.self))
            if let bias { biasGradient(shape, gradient, into: bias) }
            return true
        }
        return inPieces(shape, .float32, x, gradient, w, bias)
    }

    static func positions(_ shape: ConvolutionShape) -> Int { shape.output.reduce(shape.batch, *) }

    /// oneDNN would divide the sum over the batch among its threads, so that rounding would depend on their number.
    /// Here the batch is cut into parts by the shape alone; one thread computes each part, and they are added up in
    /// order.
    ///
    /// - Parameter dtype: of x and the gradient; the sums are float32.
    static func inPieces(
        _ shape: ConvolutionShape, _ dtype: DType, _ x: UnsafeRawPointer, _ gradient: UnsafeRawPointer,
        _ w: UnsafeMutableRawPointer, _ bias: UnsafeMutableRawPointer?
    ) -> Bool {
        let count = shape.weightCount
        // Large weights take longer to add up than a part of the batch to compute.
        let pieces = min(shape.batch, count < 1 << 18 ? 8 : 2)
        let length = (shape.batch + pieces - 1) / pieces
        var part = shape
        part.batch = length
        var rest = shape
        rest.batch = shape.batch - (shape.batch - 1) / length * length
        guard let primitive = OneDNN.shared.convolution(.weightGradient, part, dtype, threads: 1),
            let last = OneDNN.shared.convolution(.weightGradient, rest, dtype, threads: 1)
        else { return false }
        let used = (shape.batch + length - 1) / length
        if used == 1 {
            last.run(x: x, w: w, y: gradient)
            if let bias { biasGradient(rest, gradient, into: bias) }
            return true
        }
        // Of each part the weights and, after them, the biases.
        let step = count + (bias == nil ? 0 : shape.outputs)
        let partials = Storage(byteCount: used * step * 4)
        let xStep = shape.inputCount / shape.batch * length * dtype.size
        let yStep = shape.outputCount / shape.batch * length * dtype.size
        Parallel.units(used, cost: 1 << 20) { piece in
            let partial = partials.pointer + piece * step * 4
            let (x, gradient, isLast) = (x + piece * xStep, gradient + piece * yStep, piece == used - 1)
            (isLast ? last : primitive).run(x: x, w: partial, y: gradient)
            // oneDNN's own is slow where channels are few.
            if bias != nil { biasGradient(isLast ? rest : part, gradient, into: partial + count * 4) }
        }
        let sums = partials.pointer.assumingMemoryBound(to: Float.self)
        add(sums, count, step: step, used, into: w)
        if let bias { add(sums + count, shape.outputs, step: step, used, into: bias) }
        withExtendedLifetime(partials) {}
        return true
    }

    private static func biasGradient(
        _ shape: ConvolutionShape, _ gradient: UnsafeRawPointer, into bias: UnsafeMutableRawPointer
    ) {
        Kernels.sum.runColumns(
            gradient, .float32, rows: positions(shape), columns: shape.outputs, into: bias, .float32)
    }

    private static func add(
        _ parts: UnsafePointer<Float>, _ count: Int, step: Int, _ used: Int,
        into result: UnsafeMutableRawPointer
    ) {
        let result = result.assumingMemoryBound(to: Float.self)
        Parallel.ranges(count, grain: 16_384) { range in
            for i in range { result[i] = parts[i] }
            for piece in 1..<used {
                let part = parts + piece * step
                for i in range { result[i] += part[i] }
            }
        }
    }
}
