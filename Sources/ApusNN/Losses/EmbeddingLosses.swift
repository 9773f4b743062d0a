import Apus

/// Vectors that are to be alike, 1, or not, -1; see `Tensor.cosineEmbeddingLoss`.
public final class CosineEmbeddingLoss: Module {
    /// How alike others may be.
    public let margin: Double
    /// What is done with the losses of the pairs.
    public let reduction: LossReduction

    /// - Parameter margin: how alike others may be.
    public init(margin: Double = 0, reduction: LossReduction = .mean) {
        self.margin = margin
        self.reduction = reduction
    }

    /// A scalar, or the losses of all pairs.
    public func callAsFunction(
        _ first: Tensor, _ second: Tensor, _ targets: Tensor, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            first.cosineEmbeddingLoss(second, target: targets, margin: margin, reduction: reduction)
        }
    }
}

/// Scores of which the first is to be higher, 1, or the second, -1; see `Tensor.marginRankingLoss`.
public final class MarginRankingLoss: Module {
    /// By how much one is to be higher.
    public let margin: Double
    /// What is done with the losses of the pairs.
    public let reduction: LossReduction

    /// - Parameter margin: by how much one is to be higher.
    public init(margin: Double = 0, reduction: LossReduction = .mean) {
        self.margin = margin
        self.reduction = reduction
    }

    /// A scalar, or the losses of all pairs.
    public func callAsFunction(
        _ first: Tensor, _ second: Tensor, _ targets: Tensor, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            first.marginRankingLoss(second, target: targets, margin: margin, reduction: reduction)
        }
    }
}

/// Anchors that are to be nearer to positive examples than to negative ones; see `Tensor.tripletMarginLoss`.
public final class TripletMarginLoss: Module {
    /// By how much they are to be nearer.
    public let margin: Double
    /// Whether the distance from the positive example counts where the negative one is nearer to it.
    public let swap: Bool
    /// What is done with the losses of the triplets.
    public let reduction: LossReduction
    private let distance: (Tensor, Tensor) -> Tensor

    /// Distances are `Tensor.pairwiseDistance`.
    public convenience init(
        margin: Double = 1, p: Double = 2, epsilon: Double = 1e-6, swap: Bool = false,
        reduction: LossReduction = .mean
    ) {
        self.init(margin: margin, swap: swap, reduction: reduction) {
            $0.pairwiseDistance($1, p: p, epsilon: epsilon)
        }
    }

    /// - Parameter distance: any distance between vectors, [N, D] and [N, D] to [N].
    public init(
        margin: Double = 1, swap: Bool = false, reduction: LossReduction = .mean,
        distance: @escaping (Tensor, Tensor) -> Tensor
    ) {
        self.margin = margin
        self.swap = swap
        self.reduction = reduction
        self.distance = distance
    }

    /// A scalar, or the losses of all triplets.
    public func callAsFunction(
        _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            anchor.tripletMarginLoss(
                positive, negative, margin: margin, swap: swap, reduction: reduction, distance: distance)
        }
    }
}
