import Apus

/// The mean of the classes' intersections over unions: of all pixels that are of a class or were taken for
/// it, the share that is both (Everingham et al. 2010, "The Pascal visual object classes challenge", section
/// 4.2). Classes that are neither there nor said do not count.
public struct MeanIoU: Metric {
    private var matrix = ConfusionMatrix()

    /// Over no pixels.
    public init() {}

    /// `miou`.
    public var name: String { "miou" }

    /// True.
    public var isHigherBetter: Bool { true }

    /// Takes in logits or probabilities [samples, classes, …] and class numbers [samples, …].
    public mutating func update(_ result: BatchResult, samples: Int) {
        matrix.update(result, samples: samples)
    }

    /// 0 to 1; NaN before the first pixel.
    public var value: Double {
        let counts = matrix.counts
        let shares = counts.indices.compactMap { index -> Double? in
            let union =
                counts[index].reduce(0, +) + counts.reduce(0) { $0 + $1[index] } - counts[index][index]
            return union == 0 ? nil : Double(counts[index][index]) / Double(union)
        }
        return shares.isEmpty ? .nan : shares.reduce(0, +) / Double(shares.count)
    }

    /// Forgets all pixels.
    public mutating func reset() { matrix.reset() }
}
