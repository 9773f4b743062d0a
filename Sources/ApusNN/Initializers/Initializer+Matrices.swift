import Apus

// Starting weights that are made as a whole: orthogonal, sparse and Dirac ones, and those of a given variance.

extension Initializer {
    func scaled(
        _ shape: Shape, _ variance: Double, _ distribution: Distribution, _ dtype: DType,
        _ generator: RandomGenerator
    ) -> Tensor {
        switch distribution {
        case .normal: return .normal(shape, std: variance.squareRoot(), dtype: dtype, using: generator)
        case .uniform:
            let bound = (3 * variance).squareRoot()
            return .uniform(shape, low: -bound, high: bound, dtype: dtype, using: generator)
        case .truncatedNormal:
            // Truncated at two, a normal distribution of deviation 1 has this one.
            let std = variance.squareRoot() / 0.8796256610342398
            return .truncatedNormal(shape, std: std, dtype: dtype, using: generator)
        }
    }

    func orthogonal(_ shape: Shape, _ gain: Double, _ dtype: DType, _ generator: RandomGenerator) -> Tensor {
        if shape.count < 2 {
            fail("Initializer", "orthogonal weights of shape \(shape): they need two axes")
        }
        if dtype.isInteger || dtype == .bool {
            fail("Initializer", "orthogonal weights are fractions, not \(dtype)")
        }
        let (rows, columns) = (shape[0], shape.dropFirst().clampedProduct)
        let exact: DType = dtype.isHalf ? .float32 : dtype
        let (long, short) = (max(rows, columns), min(rows, columns))
        let gaussian = Tensor.normal([long, short], dtype: exact, using: generator)
        if gaussian.count == 0 { return gaussian.to(dtype).reshape(shape) }
        return withoutGradient {
            guard let factors = try? gaussian.qr() else {
                fail("Initializer", "a \(long) × \(short) Gaussian matrix has no QR decomposition")
            }
            let q = factors.q * factors.r.diagonal().sign()
            return ((rows < columns ? q.transpose() : q) * gain).to(dtype).reshape(shape)
        }
    }

    func sparse(
        _ shape: Shape, _ sparsity: Double, _ std: Double, _ dtype: DType, _ generator: RandomGenerator
    ) -> Tensor {
        if shape.count != 2 { fail("Initializer", "sparse weights of shape \(shape): they are a matrix") }
        if !(0...1).contains(sparsity) { fail("Initializer", "a sparsity of \(sparsity) is not in 0...1") }
        let weights = Tensor.normal(shape, std: std, dtype: dtype, using: generator)
        let zeros = Int((sparsity * Double(shape[0])).rounded(.up))
        // The rank of each element in a random order of its column.
        let ranks = Tensor.uniform(shape, using: generator).argsort(axis: 0).argsort(axis: 0)
        return weights.maskedFill(ranks .< zeros, 0)
    }

    func dirac(_ shape: Shape, _ groups: Int, _ dtype: DType) -> Tensor {
        if !(3...5).contains(shape.count) {
            fail(
                "Initializer", "Dirac weights of shape \(shape): they are [out, in, kernel…], of 1 to 3 axes")
        }
        if groups < 1 || shape[0] % groups != 0 {
            fail("Initializer", "\(shape[0]) output channels do not make \(groups) groups")
        }
        let ofGroup = shape[0] / groups
        let kernel = shape.dropFirst(2).clampedProduct
        var center = 0
        for extent in shape.dropFirst(2) { center = center * extent + extent / 2 }
        var values = [Float](repeating: 0, count: shape.clampedProduct)
        if kernel > 0 {
            for group in 0..<groups {
                for channel in 0..<min(ofGroup, shape[1]) {
                    values[((group * ofGroup + channel) * shape[1] + channel) * kernel + center] = 1
                }
            }
        }
        return Tensor(values, shape: shape).to(dtype)
    }
}
