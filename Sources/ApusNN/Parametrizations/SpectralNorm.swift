import Apus

/// A weight over its largest singular value (Miyato et al. 2018), which power iteration follows: `original`
/// and the singular vectors `0._u` and `0._v`.
///
/// Each reading of the weight in training goes `iterations` steps; in evaluation none.
public final class SpectralNorm: Module, Parametrization {
    /// The weight before it is divided, which is trained.
    public let original: Parameter
    /// The left and right singular vectors of the largest value; nil for a weight of one axis.
    public let left: Buffer?
    /// As many elements as the matrix has columns; see `left`.
    public let right: Buffer?
    /// The axis that becomes the rows of the matrix, counted from 0.
    public let axis: Int
    /// Steps of power iteration at each reading in training.
    public let iterations: Int
    /// The least number that a vector is divided by, in place of a smaller length.
    public let epsilon: Double

    /// - Parameters:
    ///   - axis: becomes the rows of the matrix, the others its columns.
    ///   - epsilon: the least number that a vector is divided by, in place of a smaller length.
    public init(
        _ weight: Tensor, axis: Int = 0, iterations: Int = 1, epsilon: Double = 1e-12,
        using generator: RandomGenerator = .default
    ) {
        let position = axis < 0 ? axis + weight.rank : axis
        if !weight.shape.indices.contains(position) {
            fail("spectralNorm", "axis \(axis) is outside a weight of shape \(weight.shape)")
        }
        if iterations < 1 { fail("spectralNorm", "\(iterations) iterations find no singular value") }
        self.axis = position
        self.iterations = iterations
        self.epsilon = epsilon
        original = Parameter(weight)
        let (rows, dtype) = (weight.shape[position], weight.dtype)
        func unit(_ count: Int, _ name: String) -> Buffer {
            let start = withDevice(weight.device) { Tensor.normal([count], dtype: dtype, using: generator) }
            return Buffer(normalized(start, epsilon), name: name)
        }
        left = weight.rank == 1 ? nil : unit(rows, "0._u")
        right = weight.rank == 1 ? nil : unit(rows == 0 ? 0 : weight.count / rows, "0._v")
        super.init()
        iterate(15)
    }

    /// That of the weight.
    public var shape: Shape { original.shape }

    /// The weight over its largest singular value, or over its norm if it has a single axis; in training after further
    /// steps of power iteration.
    public func callAsFunction() -> Tensor {
        let weight = original.value
        guard let left, let right else { return normalized(weight, epsilon) }
        if isTraining && !CheckpointRecord.isRepeating { iterate(iterations) }
        return weight / left.value.dot(matrix(weight).matmul(right.value))
    }

    /// Sets the weight before it is divided: the next value is this one over its largest singular value.
    public func assign(_ value: Tensor) { original.value = value }

    private func matrix(_ weight: Tensor) -> Tensor {
        weight.moveAxis(from: axis, to: 0).flatten(from: 1, to: -1)
    }

    private func iterate(_ count: Int) {
        guard let left, let right else { return }
        let matrix = matrix(original.value.detach())
        for _ in 0..<count {
            left.value = normalized(matrix.matmul(right.value), epsilon)
            right.value = normalized(matrix.transpose().matmul(left.value), epsilon)
        }
    }
}

private func normalized(_ vector: Tensor, _ epsilon: Double) -> Tensor {
    vector / vector.norm().clamp(min: epsilon)
}

extension Module {
    /// Divides a parameter by its largest singular value wherever it is read.
    ///
    /// The state dictionary has `parametrizations.weight.original`, `….0._u` and `….0._v`, as PyTorch's
    /// `parametrizations.spectral_norm`. Optimizers must be given the parameters after this.
    ///
    /// - Parameters:
    ///   - name: of a parameter directly inside this module.
    ///   - axis: that of the outputs: 1 for the weight of a transposed convolution.
    /// - Returns: this module.
    @discardableResult
    public final func spectralNorm(
        _ name: String = "weight", axis: Int = 0, iterations: Int = 1, epsilon: Double = 1e-12,
        using generator: RandomGenerator = .default
    ) -> Self {
        parametrize(name) {
            SpectralNorm($0, axis: axis, iterations: iterations, epsilon: epsilon, using: generator)
        }
        return self
    }
}
