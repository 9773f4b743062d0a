import Apus

/// A table of vectors, one for each of so many things that are known by number: integers [..] to [.., features].
///
/// Vectors start normal with a standard deviation of 1, the one of the padding index at 0, as PyTorch's.
public final class Embedding: Module, Layer {
    /// [rows, features].
    public let weight: Parameter
    /// The row that stays as it is: it has no gradient. It counts from the start.
    public let paddingIndex: Int?
    /// The largest norm of a row: those that are looked up are scaled down to it first. nil leaves them as they are.
    public let maxNorm: Double?
    /// The order of that norm.
    public let normType: Double
    /// Whether the gradient of each row is divided by how many times it is looked up.
    public let scalesGradientByFrequency: Bool

    /// - Parameters:
    ///   - rows: how many vectors there are.
    ///   - features: their length.
    ///   - paddingIndex: a row that starts at 0 and is not trained; negative ones count from the end.
    ///   - maxNorm: rows of a larger norm are scaled down to it when they are looked up, in place.
    ///   - scaleGradientByFrequency: divides the gradient of each row by how many times it is looked up.
    public init(
        _ rows: Int, _ features: Int, paddingIndex: Int? = nil, maxNorm: Double? = nil, normType: Double = 2,
        scaleGradientByFrequency: Bool = false, dtype: DType = .float32,
        using generator: RandomGenerator = .default
    ) {
        weight = startingTable("Embedding", rows, features, paddingIndex, maxNorm, dtype, generator)
        self.paddingIndex = paddingIndex.map { $0 < 0 ? $0 + rows : $0 }
        (self.maxNorm, self.normType) = (maxNorm, normType)
        scalesGradientByFrequency = scaleGradientByFrequency
    }

    /// A table of vectors that are known already.
    ///
    /// - Parameters:
    ///   - pretrained: [rows, features].
    ///   - isFrozen: whether they stay as they are.
    public init(
        pretrained: Tensor, isFrozen: Bool = true, paddingIndex: Int? = nil, maxNorm: Double? = nil,
        normType: Double = 2, scaleGradientByFrequency: Bool = false
    ) {
        checkTable("Embedding", pretrained, paddingIndex, maxNorm)
        weight = Parameter(pretrained)
        if isFrozen { weight.isTrainable = false }
        self.paddingIndex = paddingIndex.map { $0 < 0 ? $0 + pretrained.shape[0] : $0 }
        (self.maxNorm, self.normType) = (maxNorm, normType)
        scalesGradientByFrequency = scaleGradientByFrequency
    }

    /// [..] integers to [.., features]; the program stops at one that is no row, with its place and the number of rows.
    public func forward(_ ids: Tensor) -> Tensor {
        if let maxNorm { weight.renormalize(ids, maxNorm, normType) }
        return ids.embedding(
            weight.value, paddingIndex: paddingIndex, scaleGradientByFrequency: scalesGradientByFrequency)
    }
}

/// A table of vectors, of which a bag at a time becomes one: integers [bags, n], or [n] with offsets, to [bags, features].
///
/// Vectors start normal with a standard deviation of 1, the one of the padding index at 0, as PyTorch's.
public final class EmbeddingBag: Module, Layer {
    /// [rows, features].
    public let weight: Parameter
    /// What becomes of the rows of a bag.
    public let mode: EmbeddingBagMode
    /// The row that takes no part. It counts from the start.
    public let paddingIndex: Int?
    /// The largest norm of a row: those that are looked up are scaled down to it first. nil leaves them as they are.
    public let maxNorm: Double?
    /// The order of that norm.
    public let normType: Double
    /// Whether the gradient of each row is divided by how many times it is looked up.
    public let scalesGradientByFrequency: Bool
    /// Whether offsets end with the number of ids.
    public let includesLastOffset: Bool

    /// - Parameters:
    ///   - rows: how many vectors there are.
    ///   - features: their length.
    ///   - mode: what becomes of the rows of a bag.
    ///   - paddingIndex: a row that takes no part, starts at 0 and is not trained; negative ones count from the end.
    ///   - maxNorm: rows of a larger norm are scaled down to it when they are looked up, in place.
    ///   - scaleGradientByFrequency: divides the gradient of each row by how many times it is looked up.
    ///   - includeLastOffset: offsets end with the number of ids.
    public init(
        _ rows: Int, _ features: Int, mode: EmbeddingBagMode = .mean, paddingIndex: Int? = nil,
        maxNorm: Double? = nil, normType: Double = 2, scaleGradientByFrequency: Bool = false,
        includeLastOffset: Bool = false, dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        weight = startingTable("EmbeddingBag", rows, features, paddingIndex, maxNorm, dtype, generator)
        self.mode = mode
        self.paddingIndex = paddingIndex.map { $0 < 0 ? $0 + rows : $0 }
        (self.maxNorm, self.normType) = (maxNorm, normType)
        scalesGradientByFrequency = scaleGradientByFrequency
        includesLastOffset = includeLastOffset
    }

    /// [bags, n] integers to [bags, features].
    public func forward(_ ids: Tensor) -> Tensor { bags(ids, nil, nil, nil) }

    /// [n] integers, one bag after the other, to [bags, features].
    ///
    /// - Parameters:
    ///   - offsets: where each bag begins; nil for ids [bags, n].
    ///   - perSampleWeights: in the shape of the ids, for sums.
    public func callAsFunction(
        _ ids: Tensor, offsets: Tensor?, perSampleWeights: Tensor? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) { bags(ids, offsets, perSampleWeights, (file, line)) }
    }

    private func bags(
        _ ids: Tensor, _ offsets: Tensor?, _ weights: Tensor?, _ site: (file: StaticString, line: UInt)?
    ) -> Tensor {
        if let maxNorm { weight.renormalize(ids, maxNorm, normType) }
        return ids.embeddingBag(
            weight.value, offsets: offsets, mode: mode, perSampleWeights: weights, paddingIndex: paddingIndex,
            scaleGradientByFrequency: scalesGradientByFrequency, includeLastOffset: includesLastOffset,
            file: site?.file ?? #fileID, line: site?.line ?? #line)
    }
}

private func startingTable(
    _ layer: String, _ rows: Int, _ features: Int, _ paddingIndex: Int?, _ maxNorm: Double?, _ dtype: DType,
    _ generator: RandomGenerator
) -> Parameter {
    if rows < 1 || features < 1 { fail(layer, "\(rows) rows of \(features) features make no table") }
    if !dtype.isDifferentiable || dtype.isComplex {
        fail(layer, "vectors of \(dtype): they are of real floating-point numbers")
    }
    Tensor.checkShape([rows, features], layer)
    var table = Tensor.normal([rows, features], dtype: dtype, using: generator)
    checkTable(layer, table, paddingIndex, maxNorm)
    if let paddingIndex { table[paddingIndex] = Tensor.zeros([features], dtype: dtype) }
    return Parameter(table)
}

private func checkTable(_ layer: String, _ table: Tensor, _ paddingIndex: Int?, _ maxNorm: Double?) {
    if table.rank != 2 || !table.dtype.isDifferentiable || table.dtype.isComplex {
        fail(
            layer,
            "a \(table.dtype) table of shape \(table.shape), where real floating-point numbers [rows, features] are wanted"
        )
    }
    let rows = table.shape[0]
    if let paddingIndex, !(-rows..<rows).contains(paddingIndex) {
        fail(layer, "padding index \(paddingIndex) is none of \(rows) rows")
    }
    if let maxNorm, !(maxNorm > 0) { fail(layer, "a largest norm of \(maxNorm): it is above 0") }
}

extension Parameter {
    /// Scales the rows that are looked up down to a norm, in place, as PyTorch does.
    fileprivate func renormalize(_ ids: Tensor, _ maxNorm: Double, _ order: Double) {
        if ids.count == 0 { return }
        withoutGradient {
            let rows = ids.reshape([ids.count]).to(.int64).unique().values
            // What is outside stops the look-up, with its message.
            let count = value.shape[0]
            if rows.min().item(as: Int.self) < 0 || rows.max().item(as: Int.self) >= count { return }
            let vectors = value.detach().indexSelect(axis: 0, index: rows)
            let norms = vectors.norm(order, axis: 1, keepDims: true)
            let scales = Tensor.where(norms .> maxNorm, maxNorm / (norms + 1e-7), Tensor.ones(like: norms))
            value[rows] = vectors * scales
        }
    }
}
