import ApusModels

extension Study {
    /// What a network should have more of when it may cost more (Tan & Le 2019, "EfficientNet", figure 3):
    /// blocks, channels, pixels, or some of each. Costs are twice and four times the baseline's within 5 %.
    static let scaling = Study(
        name: "scaling",
        about: "what to scale: depth, width or resolution alone, or all of them, at 2 and 4 times the cost",
        recipe: .digitsScaled,
        variants: [
            variant("baseline", curves: ["depth", "width", "resolution", "compound"]),
            variant("depth-2x", depth: 1.9, curves: ["depth"]),
            variant("depth-4x", depth: 3.8, curves: ["depth"]),
            variant("width-2x", width: 1.44, curves: ["width"]),
            variant("width-4x", width: 2.12, curves: ["width"]),
            variant("resolution-2x", resolution: 20.0 / 14, curves: ["resolution"]),
            variant("resolution-4x", resolution: 2, curves: ["resolution"]),
            variant("compound-2x", .efficientNet(1), curves: ["compound"]),
            variant("compound-4x", .efficientNet(2), curves: ["compound"]),
        ])

    private static func variant(
        _ name: String, depth: Double = 1, width: Double = 1, resolution: Double = 1, curves: [String]
    ) -> Variant {
        variant(name, CompoundScaling(depth: depth, width: width, resolution: resolution), curves: curves)
    }

    private static func variant(_ name: String, _ scaling: CompoundScaling, curves: [String]) -> Variant {
        let settings: [String: Setting] = [
            "depth": .number(scaling.depth), "width": .number(scaling.width),
            "resolution": .number(scaling.resolution),
        ]
        return Variant(name: name, settings: settings, curves: curves)
    }
}

extension Recipe {
    /// A small EfficientNet, scaled.
    public static let digitsScaled = classifier(
        "digits-scaled", "an EfficientNet of 6 blocks that sees 14×14 pixels, scaled, on 28×28 digits",
        epochs: 2,
        learningRate: 2e-3, settings: ["depth": 1.0, "width": 1.0, "resolution": 1.0],
        model: { settings in
            func factor(_ name: String, most: Double) throws -> Double {
                let value = settings[name]?.asNumber ?? .nan
                if 1...most ~= value { return value }
                throw TrainingError.badOption(
                    "digits-scaled: \(name) is \(settings[name].map { "\($0)" } ?? "not set"); it must be from 1 to \(most)"
                )
            }
            return ScaledDigitNet(
                CompoundScaling(
                    depth: try factor("depth", most: 20), width: try factor("width", most: 20),
                    resolution: try factor("resolution", most: 2)))
        })
}
