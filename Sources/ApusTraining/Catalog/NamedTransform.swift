import ApusData

/// A transform of pictures by its name in settings, with those of its settings that they may have. The pictures keep
/// their size.
public struct NamedTransform: Sendable {
    /// What settings call it, such as `random-crop`.
    public let name: String
    /// What code calls it.
    let type: String
    let make:
        @Sendable (_ settings: inout SettingsReader, _ width: Int, _ height: Int) throws -> any ImageTransform

    /// Makes it.
    ///
    /// - Parameters:
    ///   - settings: its own, such as `degrees`; what is left out is as the transform has it by default.
    ///   - width: of the pictures.
    ///   - height: of the pictures.
    /// - Throws: `TrainingError.badOption` for a name that it does not have, and a value that cannot be.
    public func make(_ settings: [String: Setting] = [:], width: Int, height: Int) throws
        -> any ImageTransform
    {
        try SettingsReader.make(settings, of: "transform \(name)") { try make(&$0, width, height) }
    }

    /// The names of its settings.
    var settings: [String] { SettingsReader.names { try make(&$0, 32, 32) } }

    /// Every transform that settings name; a new one is a line here.
    public static let all = [
        NamedTransform(name: "random-crop", type: "RandomCrop") {
            RandomCrop(width: $1, height: $2, border: try $0.int("border", in: 0...1000) ?? 2)
        },
        NamedTransform(name: "random-resized-crop", type: "RandomResizedCrop") {
            RandomResizedCrop(
                width: $1, height: $2, scale: try $0.range("scale", in: 0.01...1) ?? 0.08...1,
                ratio: try $0.range("ratio", in: 0.1...10) ?? 3 / 4...4 / 3)
        },
        NamedTransform(name: "random-horizontal-flip", type: "RandomHorizontalFlip") { settings, _, _ in
            RandomHorizontalFlip(try settings.probability("probability") ?? 0.5)
        },
        NamedTransform(name: "random-vertical-flip", type: "RandomVerticalFlip") { settings, _, _ in
            RandomVerticalFlip(try settings.probability("probability") ?? 0.5)
        },
        NamedTransform(name: "random-rotation", type: "RandomRotation") { settings, _, _ in
            RandomRotation(try settings.degrees("degrees", 180) ?? -10...10, .bilinear)
        },
        NamedTransform(name: "random-affine", type: "RandomAffine") { settings, _, _ in
            let share = try settings.probability("translation") ?? 0
            return RandomAffine(
                degrees: try settings.degrees("degrees", 180) ?? 0...0, translation: (share, share),
                scale: try settings.range("scale", in: 0.01...100) ?? 1...1,
                shearX: try settings.degrees("shear", 80) ?? 0...0, .bilinear)
        },
        NamedTransform(name: "random-perspective", type: "RandomPerspective") { settings, _, _ in
            RandomPerspective(
                distortion: try settings.probability("distortion") ?? 0.5,
                probability: try settings.probability("probability") ?? 0.5)
        },
        NamedTransform(name: "color-jitter", type: "ColorJitter") { settings, _, _ in
            ColorJitter(
                brightness: try settings.probability("brightness") ?? 0,
                contrast: try settings.probability("contrast") ?? 0,
                saturation: try settings.probability("saturation") ?? 0,
                hue: try settings.number("hue", "from 0 to 0.5") { 0...0.5 ~= $0 } ?? 0)
        },
        NamedTransform(name: "gaussian-blur", type: "GaussianBlur") {
            let most = 2 * min($1, $2) - 1
            let size = try $0.int("size", in: 1...most) ?? min(3, most)
            if size.isMultiple(of: 2) { throw $0.bad("size", "\(size)", "odd") }
            return GaussianBlur(size, sigma: try $0.range("sigma", in: 0.01...1000) ?? 0.1...2)
        },
        NamedTransform(name: "rand-augment", type: "RandAugment") { settings, _, _ in
            RandAugment(
                operations: try settings.int("operations", in: 1...100) ?? 2,
                magnitude: try settings.int("magnitude", in: 0...30) ?? 9)
        },
        NamedTransform(name: "trivial-augment-wide", type: "TrivialAugmentWide") { _, _, _ in
            TrivialAugmentWide()
        },
    ]

    /// The transform of this name.
    /// - Throws: `TrainingError.badOption`, which lists those there are.
    public static func named(_ name: String) throws -> NamedTransform {
        try all.entry(name, "transform", \.name)
    }
}

extension SettingsReader {
    /// Angles from, to; a number alone is from its negative to itself.
    fileprivate mutating func degrees(_ name: String, _ most: Double) throws(TrainingError) -> ClosedRange<
        Double
    >? {
        guard let value = value(name) else { return nil }
        if let angle = value.asNumber {
            if !(0...most ~= angle) { throw bad(name, "\(value)", "from 0 to \(most), or two angles") }
            return -angle...angle
        }
        return try range(name, in: -most...most)
    }
}
