/// A metric by its name in settings, with those of its settings that they may have.
public struct NamedMetric: Sendable {
    /// What settings call it, such as `f1`.
    public let name: String
    /// What predictions it looks at; nil where it looks at the loss alone.
    public let targets: TargetKind?
    /// What code calls it.
    let type: String
    let make: @Sendable (_ settings: inout SettingsReader) throws -> any Metric

    /// Makes it.
    ///
    /// - Parameter settings: its own, such as `top`; what is left out is as the metric has it by default.
    /// - Throws: `TrainingError.badOption` for a name that it does not have, and a value that cannot be.
    public func make(_ settings: [String: Setting] = [:]) throws -> any Metric {
        try SettingsReader.make(settings, of: "metric \(name)", make)
    }

    /// The names of its settings.
    var settings: [String] { SettingsReader.names(make) }

    /// Every metric that settings name; a new one is a line here.
    public static let all = [
        NamedMetric(name: "accuracy", targets: .classes, type: "Accuracy") {
            Accuracy(top: try $0.int("top", in: 1...1_000_000) ?? 1)
        },
        NamedMetric(name: "precision", targets: .classes, type: "Precision") {
            Precision(try $0.averaging() ?? .macro)
        },
        NamedMetric(name: "recall", targets: .classes, type: "Recall") {
            Recall(try $0.averaging() ?? .macro)
        },
        NamedMetric(name: "f1", targets: .classes, type: "F1") { F1(try $0.averaging() ?? .macro) },
        NamedMetric(name: "auc", targets: .classes, type: "AreaUnderCurve") { _ in AreaUnderCurve() },
        NamedMetric(name: "confusion", targets: .classes, type: "ConfusionMatrix") { _ in ConfusionMatrix() },
        NamedMetric(name: "mse", targets: .numbers, type: "MeanSquaredError") { _ in MeanSquaredError() },
        NamedMetric(name: "mae", targets: .numbers, type: "MeanAbsoluteError") { _ in MeanAbsoluteError() },
        NamedMetric(name: "psnr", targets: .numbers, type: "PeakSignalToNoiseRatio") {
            PeakSignalToNoiseRatio(peak: try $0.number("peak", in: 1e-6...1e6) ?? 1)
        },
        NamedMetric(name: "perplexity", targets: nil, type: "Perplexity") { _ in Perplexity() },
    ]

    /// The metric of this name.
    /// - Throws: `TrainingError.badOption`, which lists those there are.
    public static func named(_ name: String) throws -> NamedMetric { try all.entry(name, "metric", \.name) }
}

extension SettingsReader {
    /// How the values of several classes become one.
    fileprivate mutating func averaging() throws(TrainingError) -> ClassAveraging? {
        try choice("averaging", ["macro": .macro, "weighted": .weighted, "micro": .micro])
    }
}
