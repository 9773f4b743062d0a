import ApusKernels
import Synchronization

extension CPUKernels {
    package func packed(_ shape: ConvolutionShape, w: UnsafeRawPointer, hasBias: Bool) -> (any PackedWeights)?
    {
        access { PackedConvolution(shape, w: w, hasBias: hasBias) }
    }

    package func convolution(
        packed: any PackedWeights, x: UnsafeRawPointer, bias: UnsafeRawPointer?, relu: Bool,
        into y: UnsafeMutableRawPointer
    ) {
        let packed = packed as! PackedConvolution
        access { packed.forward(x: x, bias: bias, relu: relu, into: y) }
    }

    package func convolution(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        relu: Bool, into y: UnsafeMutableRawPointer
    ) {
        access { ConvolutionKernels.forward(shape, x: x, w: w, bias: bias, relu: relu, into: y) }
    }

    package func convolutionInputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    ) {
        access { ConvolutionKernels.inputGradient(shape, gradient: gradient, w: w, into: x) }
    }

    package func convolutionWeightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer,
        into w: UnsafeMutableRawPointer, bias: UnsafeMutableRawPointer?
    ) {
        access { ConvolutionKernels.weightGradient(shape, x: x, gradient: gradient, into: w, bias: bias) }
    }

    package func includesBiasGradient(_ shape: ConvolutionShape) -> Bool {
        access { ConvolutionKernels.includesBiasGradient(shape) }
    }

    package var convolvesBFloat16: Bool { BFloat16Products.areNative.load(ordering: .relaxed) }

    package func bfloat16Convolution(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        into y: UnsafeMutableRawPointer
    ) -> Bool {
        access { ConvolutionKernels.bfloat16Forward(shape, x: x, w: w, bias: bias, into: y) }
    }

    package func bfloat16ConvolutionInputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    ) -> Bool {
        access { ConvolutionKernels.bfloat16InputGradient(shape, gradient: gradient, w: w, into: x) }
    }

    package func bfloat16ConvolutionWeightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer,
        into w: UnsafeMutableRawPointer
    ) -> Bool {
        access { ConvolutionKernels.bfloat16WeightGradient(shape, x: x, gradient: gradient, into: w) }
    }

    package func complexConvolution(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        into y: UnsafeMutableRawPointer
    ) {
        access { ConvolutionKernels.complexForward(shape, x: x, w: w, bias: bias, into: y) }
    }

    package func complexConvolutionInputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    ) {
        access { ConvolutionKernels.complexInputGradient(shape, gradient: gradient, w: w, into: x) }
    }

    package func complexConvolutionWeightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer, conjugates: Bool,
        into w: UnsafeMutableRawPointer
    ) {
        access {
            ConvolutionKernels.complexWeightGradient(
                shape, x: x, gradient: gradient, conjugates: conjugates, into: w)
        }
    }
}

extension PackedConvolution: PackedWeights {}
