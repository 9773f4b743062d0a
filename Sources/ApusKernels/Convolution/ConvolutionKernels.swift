import ApusElementwiseKernels
import ApusKernelBase
import ApusReductionKernels
import ApusMatrixKernels
import ApusCore

/// Convolutions (cross-correlations) of float32 images that lie channels last, and their two gradients, by the engine
/// that is fastest for their shape.
package enum ConvolutionKernels {
    /// y = x ∗ w + bias, and ReLU where asked for.
    package static func forward(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        relu: Bool, into y: UnsafeMutableRawPointer
    ) {
        forward(.best(.forward, shape), shape, x: x, w: w, bias: bias, relu: relu, into: y)
    }

    private static func forward(
        _ engine: ConvolutionEngine, _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer,
        bias: UnsafeRawPointer?, relu: Bool, into y: UnsafeMutableRawPointer
    ) {
        let (floats, weights) = (x.assumingMemoryBound(to: Float.self), w.assumingMemoryBound(to: Float.self))
        let (shift, result) = (
            bias?.assumingMemoryBound(to: Float.self), y.assumingMemoryBound(to: Float.self)
        )
        switch engine {
        case .pointwise:
            MatrixKernels.multiply(
                .float32, m: positions(shape), n: shape.outputs, k: shape.inputs,
                a: x, aRowStride: shape.inputs, aColumnStride: 1,
                b: w, bRowStride: 1, bColumnStride: shape.inputs, c: y, bias: bias, relu: relu)
        case .smallDepthwise:
            SmallDepthwiseConvolution(shape)!.run(floats, weights, bias: shift, relu: relu, into: result)
        case .depthwise:
            DepthwiseConvolution(shape.atLeastPlanar).run(
                floats, weights, bias: shift, relu: relu, into: result)
        case .winograd:
            WinogradConvolution(shape)!.multiply(floats, weights, bias: shift, relu: relu, into: result)
        case .narrow:
            narrowConvolution(shape, floats, weights, bias: shift, relu: relu, into: result)
        case .library:
            guard let primitive = OneDNN.shared.convolution(.forward, shape, hasBias: bias != nil) else {
                return forward(.implicit, shape, x: x, w: w, bias: bias, relu: relu, into: y)
            }
            primitive.run(x: x, w: w, y: y, bias: bias)
            // oneDNN's own ReLU would turn NaN into 0.
            if relu { Kernels.relu.runDense(y, y, shape.outputCount, .float32) }
        case .implicit:
            ImplicitProduct.forward(shape).multiply(floats, weights, bias: shift, relu: relu, into: result)
        }
    }

    /// The gradient of the input from that of the output; also the transposed convolution.
    package static func inputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    ) {
        let (floats, weights) = (
            gradient.assumingMemoryBound(to: Float.self), w.assumingMemoryBound(to: Float.self)
        )
        let result = x.assumingMemoryBound(to: Float.self)
        let engine = ConvolutionEngine.best(.inputGradient, shape)
        switch engine {
        case .pointwise:
            MatrixKernels.multiply(
                .float32, m: positions(shape), n: shape.inputs, k: shape.outputs,
                a: gradient, aRowStride: shape.outputs, aColumnStride: 1,
                b: w, bRowStride: shape.inputs, bColumnStride: 1, c: x)
        case .smallDepthwise, .depthwise, .narrow:
            forwardFlipped(engine, shape.transposed!, gradient, weights, into: x)
        case .winograd:
            WinogradConvolution(shape, isBackward: true)!.multiply(
                floats, weights, bias: nil, relu: false, into: result)
        case .library:
            // Where channels are few oneDNN's code for gradients is slow.
            if let back = shape.transposed, shape.isDepthwise || max(shape.inputs, shape.outputs) <= 32 {
                return forwardFlipped(engine, back, gradient, weights, into: x)
            }
            if let primitive = OneDNN.shared.convolution(.inputGradient, shape) {
                return primitive.run(x: x, w: w, y: gradient)
            }
            fallthrough
        case .implicit:
            for product in ImplicitProduct.inputGradient(shape) {
                product.multiply(floats, weights, bias: nil, relu: false, into: result)
            }
        }
    }

    /// The convolution with the kernels of another, [inputs, outputs / groups, window…], each flipped along all axes.
    private static func forwardFlipped(
        _ engine: ConvolutionEngine, _ shape: ConvolutionShape, _ x: UnsafeRawPointer,
        _ w: UnsafePointer<Float>, into y: UnsafeMutableRawPointer
    ) {
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
        forward(engine, shape, x: x, w: flipped.pointer, bias: nil, relu: false, into: y)
        withExtendedLifetime(flipped) {}
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
    ) {
        let (floats, gradients) = (
            x.assumingMemoryBound(to: Float.self), gradient.assumingMemoryBound(to: Float.self)
        )
        let result = w.assumingMemoryBound(to: Float.self)
        switch ConvolutionEngine.best(.weightGradient, shape) {
        case .pointwise:
            MatrixKernels.multiply(
                .float32, m: shape.outputs, n: shape.inputs, k: positions(shape),
                a: gradient, aRowStride: 1, aColumnStride: shape.outputs,
                b: x, bRowStride: shape.inputs, bColumnStride: 1, c: w)
        case .smallDepthwise:
            SmallDepthwiseConvolution(shape)!.weightGradient(floats, gradients, into: result)
        case .depthwise: depthwiseWeightGradient(shape.atLeastPlanar, floats, gradients, into: result)
        case .winograd: WinogradConvolution(shape)!.weightGradient(floats, gradients, into: result)
        case .library:
            if inPieces(shape, .float32, x, gradient, w, bias) { return }
            fallthrough
        case .narrow, .implicit:
            ImplicitProduct.forward(shape).weightGradient(floats, gradients, into: result)
        }
        if let bias { biasGradient(shape, gradient, into: bias) }
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
