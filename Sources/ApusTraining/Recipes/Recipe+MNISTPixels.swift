import Apus
import ApusModels
import ApusNN

extension Recipe {
    /// A sequence model that reads digits pixel by pixel.
    ///
    /// `--model` names what mixes the steps, a `SequenceMixer`. `--set pool=1` gives all 784 pixels and not the 196 means of
    /// 2×2; with `--set permuted=true` they come in an order that was drawn once.
    public static let mnistPixels = classifier(
        "mnist-pixels", "a sequence model that reads 28×28 digits pixel by pixel", epochs: 1, batchSize: 64,
        learningRate: 4e-3,
        settings: ["model": "s4d", "channels": 64, "layers": 2, "pool": 2, "permuted": false],
        configure: { $0.clipNorm = 1 },
        model: { PixelReader(try .ofDigits($0)) },
        schedule: { .cosine(steps: $0) })
}

extension PixelReader.Configuration {
    /// That of a reader of digits, from a recipe's settings.
    static func ofDigits(_ settings: [String: Setting]) throws -> PixelReader.Configuration {
        let name = settings["model"]?.asText ?? ""
        let configuration = PixelReader.Configuration(
            height: 28, width: 28, pool: try settings.int("pool", in: 1...28),
            isPermuted: settings["permuted"]?.asBool ?? false, classes: 10,
            channels: try settings.int("channels", in: 1...65_536),
            layers: try settings.int("layers", in: 1...1000),
            mixer: try SequenceMixer.allCases.entry(name, "model", \.rawValue))
        if let reason = configuration.fault { throw TrainingError.badOption(reason) }
        return configuration
    }
}
