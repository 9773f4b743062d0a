import ApusFormats
import Foundation

/// What the folder of a run says that is no recipe's.
struct ModelConfiguration: Codable {
    /// The type of the model.
    let model: String
    var options: TrainingOptions

    init(model: String, options: TrainingOptions) {
        self.model = model
        self.options = options
    }

    private enum CodingKeys: String, CodingKey { case model }

    init(from decoder: any Decoder) throws {
        model = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .model)
        options = try TrainingOptions(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try options.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(model, forKey: .model)
    }

    /// Begins a run in the folder, or goes on with the one that is there.
    func open(_ folder: RunFolder, resuming: Bool) throws -> RunSession {
        try options.validate()
        guard resuming && folder.holdsRun else {
            return try RunSession(beginning: folder, RunConfiguration.json(self))
        }
        let session = try RunSession(resuming: folder)
        let saved = try RunConfiguration.decode(
            ModelConfiguration.self, folder.configuration, "is not the configuration of a run of \(model)")
        let here = (saved.model == model ? [] : ["a \(model)"]) + options.differences(from: saved.options)
        if !here.isEmpty {
            let there =
                (saved.model == model ? [] : ["a \(saved.model)"]) + saved.options.differences(from: options)
            throw TrainingError.otherSettings(folder: folder.path, differences: there, asked: here)
        }
        if options != saved.options {
            try AtomicFile.write(RunConfiguration.json(self), to: folder.configuration)
        }
        return session
    }
}
