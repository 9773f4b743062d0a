/// What a recipe's models are trained on.
public enum DataSource: Sendable, Equatable {
    /// 28×28 digits: MNIST from a folder, or the embedded ones.
    case digits
    /// Synthesised notes, which the program makes itself.
    case tones

    /// What the set is called that needs no files.
    package var embedded: String { self == .digits ? "the embedded digits" : "synthesised notes" }

    /// What its samples are called.
    package var samples: String { self == .digits ? "images" : "notes" }

    /// - Parameter folder: what `--data` names.
    /// - Throws: `TrainingError.badOption` where there is nothing to read from a folder.
    func check(_ folder: String?) throws(TrainingError) {
        if self == .tones, let folder {
            throw .badOption(
                "--data is \(folder), but this recipe takes no files: it is trained on notes that the program makes "
                    + "itself")
        }
    }
}
