// Precision, recall and F1: three readings of a confusion matrix.

/// Of the samples that were taken for a class, the share that belongs to it; 0 for a class that was never said.
public struct Precision: Metric {
    private let averaging: ClassAveraging
    private var matrix = ConfusionMatrix()

    /// - Parameter averaging: how the classes' values become one.
    public init(_ averaging: ClassAveraging = .macro) { self.averaging = averaging }

    /// `precision`, after the averaging where it is not macro.
    public var name: String { averaging.prefix + "precision" }
    /// True.
    public var isHigherBetter: Bool { true }
    /// Takes in logits or probabilities [samples, classes, …] and class numbers [samples, …].
    public mutating func update(_ result: BatchResult, samples: Int) {
        matrix.update(result, samples: samples)
    }
    /// 0 to 1; NaN before the first sample.
    public var value: Double {
        matrix.averaged(averaging) { right, said, _ in said == 0 ? 0 : Double(right) / Double(said) }
    }
    /// Forgets all samples.
    public mutating func reset() { matrix.reset() }
}

/// Of the samples of a class, the share that was taken for it; 0 for a class without samples. Also called sensitivity.
public struct Recall: Metric {
    private let averaging: ClassAveraging
    private var matrix = ConfusionMatrix()

    /// - Parameter averaging: how the classes' values become one.
    public init(_ averaging: ClassAveraging = .macro) { self.averaging = averaging }

    /// `recall`, after the averaging where it is not macro.
    public var name: String { averaging.prefix + "recall" }
    /// True.
    public var isHigherBetter: Bool { true }
    /// Takes in logits or probabilities [samples, classes, …] and class numbers [samples, …].
    public mutating func update(_ result: BatchResult, samples: Int) {
        matrix.update(result, samples: samples)
    }
    /// 0 to 1; NaN before the first sample.
    public var value: Double {
        matrix.averaged(averaging) { right, _, there in there == 0 ? 0 : Double(right) / Double(there) }
    }
    /// Forgets all samples.
    public mutating func reset() { matrix.reset() }
}

/// The harmonic mean of a class's precision and recall, 2·right / (said + there); 0 for a class neither said nor there.
public struct F1: Metric {
    private let averaging: ClassAveraging
    private var matrix = ConfusionMatrix()

    /// - Parameter averaging: how the classes' values become one.
    public init(_ averaging: ClassAveraging = .macro) { self.averaging = averaging }

    /// `f1`, after the averaging where it is not macro.
    public var name: String { averaging.prefix + "f1" }
    /// True.
    public var isHigherBetter: Bool { true }
    /// Takes in logits or probabilities [samples, classes, …] and class numbers [samples, …].
    public mutating func update(_ result: BatchResult, samples: Int) {
        matrix.update(result, samples: samples)
    }
    /// 0 to 1; NaN before the first sample.
    public var value: Double {
        matrix.averaged(averaging) { right, said, there in
            said + there == 0 ? 0 : 2 * Double(right) / Double(said + there)
        }
    }
    /// Forgets all samples.
    public mutating func reset() { matrix.reset() }
}
