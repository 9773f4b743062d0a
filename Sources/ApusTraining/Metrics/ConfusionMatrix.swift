import Apus

/// How often each class was taken for each: rows are the right classes, columns what the model said.
///
/// Precision, recall, F1 and accuracy are read off it. As a metric it is the share of samples on its diagonal.
public struct ConfusionMatrix: Metric {
    /// `counts[i][j]`: samples of class i that were taken for class j.
    public private(set) var counts: [[Int]] = []

    /// A matrix of no samples.
    public init() {}

    /// `confusion`.
    public var name: String { "confusion" }

    /// True.
    public var isHigherBetter: Bool { true }

    /// Takes in logits or probabilities [samples, classes, …] and class numbers [samples, …].
    public mutating func update(_ result: BatchResult, samples: Int) {
        let (scores, labels) = classScores(result, of: "ConfusionMatrix")
        let classes = scores.shape[1]
        if counts.isEmpty { counts = Array(repeating: Array(repeating: 0, count: classes), count: classes) }
        if counts.count != classes {
            fail("ConfusionMatrix", "scores of \(classes) classes, after scores of \(counts.count)")
        }
        let found = scores.argmax(axis: 1).array(of: Int.self)
        for (right, said) in zip(labels.array(of: Int.self), found) {
            if !counts.indices.contains(right) { fail("ConfusionMatrix", "class \(right) of \(classes)") }
            counts[right][said] += 1
        }
    }

    /// The share of samples that were taken for what they are; NaN before the first.
    public var value: Double {
        let total = counts.joined().reduce(0, +)
        return total == 0 ? .nan : Double(counts.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(total)
    }

    /// Forgets all samples.
    public mutating func reset() { counts = [] }

    /// How often a class was said rightly, how often it was said, and how many samples it has.
    private func tally(_ index: Int) -> (right: Int, said: Int, there: Int) {
        (counts[index][index], counts.reduce(0) { $0 + $1[index] }, counts[index].reduce(0, +))
    }

    /// A value of each class, averaged: `value` gets how often it was said rightly, how often it was said, how many samples it
    /// has.
    func averaged(_ averaging: ClassAveraging, _ value: (_ right: Int, _ said: Int, _ there: Int) -> Double)
        -> Double
    {
        if counts.isEmpty { return .nan }
        let tallies = counts.indices.map(tally)
        switch averaging {
        case .macro: return tallies.map(value).reduce(0, +) / Double(tallies.count)
        case .weighted:
            let total = Double(tallies.reduce(0) { $0 + $1.there })
            return tallies.map { value($0.right, $0.said, $0.there) * Double($0.there) / total }.reduce(0, +)
        case .micro:
            return value(
                tallies.reduce(0) { $0 + $1.right }, tallies.reduce(0) { $0 + $1.said },
                tallies.reduce(0) { $0 + $1.there })
        case .ofClass(let index):
            if !tallies.indices.contains(index) {
                fail("ConfusionMatrix", "class \(index) of \(tallies.count)")
            }
            return value(tallies[index].right, tallies[index].said, tallies[index].there)
        }
    }
}

/// How one number is made of those of several classes, by scikit-learn's names.
public enum ClassAveraging: Sendable, Equatable {
    /// The mean over the classes, rare ones counting as much as frequent ones.
    case macro
    /// The mean over the classes, each counting as often as it has samples.
    case weighted
    /// Of all samples together; where each has one class, precision, recall and F1 are then the accuracy.
    case micro
    /// Of one class alone: of class 1 where there are two, it is what is called binary.
    case ofClass(Int)

    /// What stands before a metric's name.
    var prefix: String {
        switch self {
        case .macro: ""
        case .weighted: "weighted_"
        case .micro: "micro_"
        case .ofClass(let index): "class\(index)_"
        }
    }
}
