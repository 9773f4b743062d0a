import ApusKernelBase

// What decides which of the kernels computes a convolution.
extension ConvolutionShape {
    /// A matrix product of every position's channels.
    var isPointwise: Bool {
        groups == 1 && kernel.allSatisfy { $0 == 1 } && stride.allSatisfy { $0 == 1 }
            && before.allSatisfy { $0 == 0 } && input == output
    }

    /// Whether oneDNN would write out of bounds. Without AVX-512 it copies the positions that a strided 1×1 convolution
    /// reads, forth or back, in whole vectors of eight channels: with fewer channels it writes past its scratchpad, or
    /// past the gradient of the input.
    var isStridedPointwiseOfFewChannels: Bool {
        inputs < 8 && kernel.allSatisfy { $0 == 1 } && stride.contains { $0 > 1 }
    }

    /// One filter a channel.
    var isDepthwise: Bool { groups == inputs && outputs == inputs && groups > 1 }

    /// The same with two or three axes, the ones added of extent 1.
    var atLeastPlanar: ConvolutionShape {
        if input.count > 1 { return self }
        return ConvolutionShape(
            batch: batch, inputs: inputs, outputs: outputs, groups: groups, input: [1] + input,
            output: [1] + output, kernel: [1] + kernel, stride: [1] + stride, dilation: [1] + dilation,
            before: [0] + before, after: [0] + after)
    }

    /// Whether our depthwise kernel is faster than oneDNN's, or oneDNN has none.
    var isWideDepthwise: Bool {
        isDepthwise && input.count <= 2 && (kernel.reduce(1, *) >= 16 || before.contains { $0 < 0 })
    }

    /// Whether oneDNN's code is slower than ours, or not fast everywhere. With AVX-512 it is near what the arithmetic allows, but
    /// for the gradients of weights that are strided, grouped or large; with AVX2 alone that depends on the processor.
    func isSlowInLibrary(_ kind: ConvolutionEngine.Kind) -> Bool {
        let (depth, width) = (inputs / groups, outputs / groups)
        if isDepthwise || kernel.reduce(depth, *) < 32 || groups == 1 && width < 32 { return false }
        if kind != .weightGradient { return !hasWideVectors && (groups > 1 || depth >= 16) }
        return !hasWideVectors || groups > 1 || stride.contains { $0 > 1 } || weightCount >= 1 << 18
    }

    /// The convolution with flipped kernels that computes the gradient of the input from that of the output. nil for
    /// strides, a third axis, or more padding than the kernel reaches.
    var transposed: ConvolutionShape? {
        guard input.count <= 2 && stride.allSatisfy({ $0 == 1 }) else { return nil }
        let result = ConvolutionShape(
            batch: batch, inputs: outputs, outputs: inputs, groups: groups, input: output, output: input,
            kernel: kernel, stride: stride, dilation: dilation,
            before: before.indices.map { span($0) - 1 - before[$0] },
            after: after.indices.map { span($0) - 1 - after[$0] })
        return isDepthwise || (result.before + result.after).allSatisfy { $0 >= 0 } ? result : nil
    }
}
