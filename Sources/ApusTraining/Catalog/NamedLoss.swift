import ApusNN

/// A loss by its name in settings, with those of its settings that they may have.
public struct NamedLoss: Sendable {
    /// What settings call it, such as `huber`.
    public let name: String
    /// What predictions it compares.
    public let targets: TargetKind
    /// What code calls it.
    let type: String
    let make: @Sendable (_ settings: inout SettingsReader) throws -> any Loss

    /// Makes it.
    ///
    /// - Parameter settings: its own, such as `delta`; what is left out is as the loss has it by default.
    /// - Throws: `TrainingError.badOption` for a name that it does not have, and a value that cannot be.
    public func make(_ settings: [String: Setting] = [:]) throws -> any Loss {
        try SettingsReader.make(settings, of: "loss \(name)", make)
    }

    /// The names of its settings.
    var settings: [String] { SettingsReader.names(make) }

    /// Every loss that settings name; a new one is a line here.
    public static let all = [
        NamedLoss(name: "cross-entropy", targets: .classes, type: "CrossEntropyLoss") {
            CrossEntropyLoss(labelSmoothing: try $0.probability("label_smoothing") ?? 0)
        },
        NamedLoss(name: "multi-margin", targets: .classes, type: "MultiMarginLoss") {
            MultiMarginLoss(p: try $0.int("p", in: 1...2) ?? 1, margin: try $0.positive("margin") ?? 1)
        },
        NamedLoss(name: "mse", targets: .numbers, type: "MSELoss") { _ in MSELoss() },
        NamedLoss(name: "l1", targets: .numbers, type: "L1Loss") { _ in L1Loss() },
        NamedLoss(name: "smooth-l1", targets: .numbers, type: "SmoothL1Loss") {
            SmoothL1Loss(beta: try $0.aboveZero("beta") ?? 1)
        },
        NamedLoss(name: "huber", targets: .numbers, type: "HuberLoss") {
            HuberLoss(delta: try $0.aboveZero("delta") ?? 1)
        },
        NamedLoss(name: "bce", targets: .numbers, type: "BCELoss") { _ in BCELoss() },
        NamedLoss(name: "dice", targets: .numbers, type: "DiceLoss") {
            DiceLoss(
                smoothing: try $0.aboveZero("smoothing") ?? 1, squared: try $0.bool("squared") ?? true)
        },
    ]

    /// The loss of this name.
    /// - Throws: `TrainingError.badOption`, which lists those there are.
    public static func named(_ name: String) throws -> NamedLoss { try all.entry(name, "loss", \.name) }
}
