import Apus
import ApusModels
import ApusNN
import ApusOptim

extension Recipe {
    /// A small HorNet on digits, or with `model: efficientnet` a small EfficientNet. The digits are moved by up to two
    /// pixels, which two stages of large filters would learn by heart otherwise.
    public static let digitsHorNet = classifier(
        "digits-hornet", "a small HorNet, or a small EfficientNet, on 28×28 digits", epochs: 8,
        learningRate: 3e-3, settings: ["model": "hornet"], choices: [.augment: "random-crop"],
        model: { settings in
            let models: KeyValuePairs<String, @Sendable () -> any Layer> = [
                "hornet": { HorNet(.digits) }, "efficientnet": { EfficientNet(.digits) },
            ]
            let name = settings["model"]?.asText ?? ""
            return DigitNetwork(try Array(models).entry(name, "model", \.key).value())
        },
        optimizer: { AdamW($0, learningRate: $1, weightDecay: 0.05) },
        schedule: { .cosine(steps: $0, warmUp: $0 / 20) })
}
