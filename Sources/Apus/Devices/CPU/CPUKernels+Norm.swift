import ApusKernels

extension CPUKernels {
    package func layerNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, weight: UnsafeRawPointer?,
        bias: UnsafeRawPointer?, epsilon: Double, into y: UnsafeMutableRawPointer,
        means: UnsafeMutableRawPointer, scales: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.layerNorm(
                x, dtype, rows: rows, length: length, weight: weight, bias: bias, epsilon: epsilon, into: y,
                means: means, scales: scales)
        }
    }

    package func layerNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        weight: UnsafeRawPointer?, means: UnsafeRawPointer, scales: UnsafeRawPointer,
        ofInput: UnsafeMutableRawPointer, ofWeight: UnsafeMutableRawPointer?, ofBias: UnsafeMutableRawPointer?
    ) {
        access {
            Kernels.layerNormGradient(
                gradient, x, dtype, rows: rows, length: length, weight: weight, means: means, scales: scales,
                ofInput: ofInput, ofWeight: ofWeight, ofBias: ofBias)
        }
    }

    package func rmsNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, weight: UnsafeRawPointer?,
        epsilon: Double, into y: UnsafeMutableRawPointer, scales: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.rmsNorm(
                x, dtype, rows: rows, length: length, weight: weight, epsilon: epsilon, into: y,
                scales: scales)
        }
    }

    package func rmsNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        weight: UnsafeRawPointer?, scales: UnsafeRawPointer, ofInput: UnsafeMutableRawPointer,
        ofWeight: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.rmsNormGradient(
                gradient, x, dtype, rows: rows, length: length, weight: weight, scales: scales,
                ofInput: ofInput, ofWeight: ofWeight)
        }
    }

    package func channelMoments(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeMutableRawPointer,
        variances: UnsafeMutableRawPointer
    ) {
        access { Kernels.channelMoments(x, dtype, groups, means: means, variances: variances) }
    }

    package func channelNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeRawPointer,
        scales: UnsafeRawPointer, weight: UnsafeRawPointer?, bias: UnsafeRawPointer?, activation: Activation,
        into y: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.channelNorm(
                x, dtype, groups, means: means, scales: scales, weight: weight, bias: bias,
                activation: activation,
                into: y)
        }
    }

    package func channelNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, epsilon: Double,
        weight: UnsafeRawPointer?, bias: UnsafeRawPointer?, activation: Activation,
        into y: UnsafeMutableRawPointer,
        means: UnsafeMutableRawPointer, variances: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.channelNorm(
                x, dtype, groups, epsilon: epsilon, weight: weight, bias: bias, activation: activation,
                into: y,
                means: means, variances: variances)
        }
    }

    package func channelNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups,
        means: UnsafeRawPointer, scales: UnsafeRawPointer, weight: UnsafeRawPointer?, bias: UnsafeRawPointer?,
        activation: Activation, constantMoments: Bool, ofInput: UnsafeMutableRawPointer?,
        ofWeight: UnsafeMutableRawPointer?, ofBias: UnsafeMutableRawPointer?
    ) {
        access {
            Kernels.channelNormGradient(
                gradient, x, dtype, groups, means: means, scales: scales, weight: weight, bias: bias,
                activation: activation, constantMoments: constantMoments, ofInput: ofInput,
                ofWeight: ofWeight,
                ofBias: ofBias)
        }
    }

    package func complexMoments(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeMutableRawPointer,
        covariances: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.complexMoments(
                x, dtype, groups, means: means, covariances: covariances.assumingMemoryBound(to: Double.self))
        }
    }

    package func complexNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeRawPointer,
        covariances: UnsafeRawPointer, epsilon: Double, weight: UnsafeRawPointer?, bias: UnsafeRawPointer?,
        relu: Bool, into y: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.complexNorm(
                x, dtype, groups, means: means, covariances: covariances.assumingMemoryBound(to: Double.self),
                epsilon: epsilon, weight: weight, bias: bias, relu: relu, into: y)
        }
    }

    package func complexNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups,
        means: UnsafeRawPointer, covariances: UnsafeRawPointer, epsilon: Double, weight: UnsafeRawPointer?,
        bias: UnsafeRawPointer?, relu: Bool, constantMoments: Bool, ofInput: UnsafeMutableRawPointer?,
        ofWeight: UnsafeMutableRawPointer?, ofBias: UnsafeMutableRawPointer?
    ) {
        access {
            Kernels.complexNormGradient(
                gradient, x, dtype, groups, means: means,
                covariances: covariances.assumingMemoryBound(to: Double.self), epsilon: epsilon,
                weight: weight, bias: bias, relu: relu, constantMoments: constantMoments, ofInput: ofInput,
                ofWeight: ofWeight, ofBias: ofBias)
        }
    }
}
