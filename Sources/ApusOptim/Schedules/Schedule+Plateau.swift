import Apus

/// When the learning rate falls because training gets no better.
struct PlateauSettings: Sendable {
    let factor: Double
    let patience: Int
    let wanted: Schedule.Better
    let threshold: Double
    let isRelative: Bool
    let cooldown: Int
    let low: Double

    /// Worse than any metric.
    var worst: Double { wanted == .smaller ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude }

    func isBetter(_ metric: Double, than best: Double) -> Bool {
        switch wanted {
        case .smaller: metric < (isRelative ? best * (1 - threshold) : best - threshold)
        case .larger: metric > (isRelative ? best * (1 + threshold) : best + threshold)
        }
    }
}

extension Schedule {
    /// Which metrics are better.
    public enum Better: Sendable {
        /// As losses.
        case smaller
        /// As accuracies.
        case larger
    }

    /// Times `factor` where a metric has not become better for more than `patience` steps. PyTorch's ReduceLROnPlateau.
    ///
    /// A NaN counts as no better.
    /// - Parameters:
    ///   - factor: below 1.
    ///   - patience: steps without anything better that are let pass.
    ///   - better: which metrics are.
    ///   - threshold: by how much a metric must be better than the best one.
    ///   - isRelative: measure that in parts of the best one.
    ///   - cooldown: steps after a change in which nothing is counted.
    ///   - low: the lowest learning rate.
    public static func reduceOnPlateau(
        factor: Double = 0.1, patience: Int = 10, better: Better = .smaller, threshold: Double = 1e-4,
        isRelative: Bool = true, cooldown: Int = 0, to low: Double = 0
    ) -> Schedule {
        if !(0..<1).contains(factor) { fail("reduceOnPlateau", "a factor of \(factor); it must be below 1") }
        checkSteps("reduceOnPlateau", patience, least: 0)
        checkSteps("reduceOnPlateau", cooldown, least: 0)
        return Schedule(
            PlateauSettings(
                factor: factor, patience: patience, wanted: better, threshold: threshold,
                isRelative: isRelative,
                cooldown: cooldown, low: low))
    }
}
