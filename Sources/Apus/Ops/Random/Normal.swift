import ApusKernels

extension Tensor {
    /// Normally distributed numbers.
    ///
    /// Complex ones have independent parts of half the variance each, and the mean is real, as in PyTorch.
    ///
    /// - Parameter std: the standard deviation.
    public static func normal(
        _ shape: Shape, mean: Double = 0, std: Double = 1, dtype: DType = .float32,
        using generator: RandomGenerator = .default, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if !(std >= 0) { fail("normal", "the standard deviation \(std) is negative", at: site) }
        if dtype.isComplex {
            let result = normal(shape, 0, std * 0.5.squareRoot(), dtype, generator, site)
            return mean == 0 ? result : withoutGradient { result + mean }
        }
        return normal(shape, mean, std, dtype, generator, site)
    }

    private static func normal(
        _ shape: Shape, _ mean: Double, _ std: Double, _ dtype: DType, _ generator: RandomGenerator,
        _ site: CallSite
    ) -> Tensor {
        drawn("normal", shape, dtype, generator, site) { state in
            { out, count, first in
                RandomKernels.normal(
                    out, count, seed: state.seed, offset: state.offset, first: first, mean: Float(mean),
                    standardDeviation: Float(std))
            }
        } double: { state in
            { out, count, first in
                RandomKernels.normal(
                    out, count, seed: state.seed, offset: state.offset, first: first, mean: mean,
                    standardDeviation: std)
            }
        }
    }
}

extension Operation {
    static let normal = Operation(
        "normal", isDifferentiable: false,
        [
            Sample("torch.full_like(x, 0.5)", [Input([3, 4])]) {
                .normal($0[0].shape, mean: 0.5, std: 0, dtype: $0[0].dtype, using: RandomGenerator(seed: 1))
            }
        ])
}
