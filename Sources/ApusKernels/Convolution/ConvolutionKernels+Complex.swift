import ApusKernelBase
import ApusMatrixKernels
import ApusCore

// Complex channels that lie last are, as they stand, twice as many real channels. So a complex convolution is a real
// one, with W = A + iB expanded to [[A, −B], [B, A]], and its gradients are the real ones of the expanded weight.

extension ConvolutionKernels {
    /// `forward` for complex64 images and weights; sizes count complex channels.
    package static func complexForward(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        into y: UnsafeMutableRawPointer
    ) {
        let real = shape.withRealChannels
        if let convolution = WinogradConvolution(complex: real) { return convolution.run(x, w, bias, y) }
        let expanded = expand(w, shape)
        defer { withExtendedLifetime(expanded) {} }
        forward(real, x: x, w: expanded.pointer, bias: bias, relu: false, into: y)
    }

    /// `inputGradient` for complex64: the transposed convolution with `w` as it is, not conjugated.
    package static func complexInputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    ) {
        let real = shape.withRealChannels
        if let convolution = WinogradConvolution(complex: real, isBackward: true) {
            return convolution.run(gradient, w, nil, x)
        }
        // The real transposed convolution multiplies by the transpose of the expanded weight. To transpose
        // [[A, −B], [B, A]] also conjugates W, so the conjugate is expanded.
        let expanded = expand(w, shape, conjugates: true)
        defer { withExtendedLifetime(expanded) {} }
        inputGradient(real, gradient: gradient, w: expanded.pointer, into: x)
    }

    /// Σ x·g over positions, or where `conjugates` Σ x*·g, for complex64: the gradient of the weights is the latter.
    package static func complexWeightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer, conjugates: Bool,
        into w: UnsafeMutableRawPointer
    ) {
        let real = shape.withRealChannels
        if let convolution = WinogradConvolution(complex: real) {
            convolution.complexWeightGradient(
                x.assumingMemoryBound(to: Float.self), gradient.assumingMemoryBound(to: Float.self),
                conjugates: conjugates, into: w.assumingMemoryBound(to: SIMD2<Float>.self))
            return
        }
        let expanded = Storage(byteCount: real.weightCount * 4)
        weightGradient(real, x: x, gradient: gradient, into: expanded.pointer)
        let from = expanded.pointer.assumingMemoryBound(to: Float.self)
        let to = w.assumingMemoryBound(to: SIMD2<Float>.self)
        let (columns, window) = (shape.inputs / shape.groups, shape.kernel.reduce(1, *))
        let sign: Float = conjugates ? 1 : -1
        Parallel.units(shape.outputs, cost: 4 * columns * window) { output in
            for input in 0..<columns {
                // Rows are the parts of g, columns those of x.
                let real = from + (output * 2 * columns + input) * 2 * window
                let imaginary = real + 2 * columns * window
                let target = to + (output * columns + input) * window
                for k in 0..<window {
                    target[k] = SIMD2(
                        real[k] + sign * imaginary[window + k], imaginary[k] - sign * real[window + k]
                    )
                }
            }
        }
        withExtendedLifetime(expanded) {}
    }

    /// The real weight [2·outputs, 2·inputs / groups, kernel…] of a complex one or its conjugate.
    private static func expand(
        _ w: UnsafeRawPointer, _ shape: ConvolutionShape, conjugates: Bool = false
    ) -> Storage {
        let result = Storage(byteCount: 4 * shape.weightCount * 4)
        let from = w.assumingMemoryBound(to: SIMD2<Float>.self)
        let to = result.pointer.assumingMemoryBound(to: Float.self)
        let (columns, window) = (shape.inputs / shape.groups, shape.kernel.reduce(1, *))
        let sign: Float = conjugates ? -1 : 1
        Parallel.units(shape.outputs, cost: 4 * columns * window) { output in
            for input in 0..<columns {
                let source = from + (output * columns + input) * window
                let real = to + (output * 2 * columns + input) * 2 * window
                let imaginary = real + 2 * columns * window
                for k in 0..<window {
                    let value = source[k]
                    real[k] = value.x
                    real[window + k] = -sign * value.y
                    imaginary[k] = sign * value.y
                    imaginary[window + k] = value.x
                }
            }
        }
        return result
    }
}

extension ConvolutionShape {
    /// The same convolution with each part of a channel counted as a channel.
    fileprivate var withRealChannels: ConvolutionShape {
        ConvolutionShape(
            batch: batch, inputs: 2 * inputs, outputs: 2 * outputs, groups: groups, input: input,
            output: output,
            kernel: kernel, stride: stride, dilation: dilation, before: before, after: after)
    }
}

extension WinogradConvolution {
    /// For complex weights of 3×3, `shape` being that of the real channels.
    fileprivate init?(complex shape: ConvolutionShape, isBackward: Bool = false) {
        guard shape.kernel == [3, 3] && shape.stride == [1, 1] else { return nil }
        self.init(shape, isBackward: isBackward)
    }

    fileprivate func run(
        _ x: UnsafeRawPointer, _ w: UnsafeRawPointer, _ bias: UnsafeRawPointer?, _ y: UnsafeMutableRawPointer
    ) {
        let weights = Storage(byteCount: weightCount * 4)
        let start = weights.pointer.assumingMemoryBound(to: Float.self)
        complexWeights(w.assumingMemoryBound(to: SIMD2<Float>.self), into: start)
        multiplyByTiles(
            x.assumingMemoryBound(to: Float.self), weights: start,
            bias: bias?.assumingMemoryBound(to: Float.self), into: y.assumingMemoryBound(to: Float.self))
        withExtendedLifetime(weights) {}
    }
}
