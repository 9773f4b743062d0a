import ApusData

/// What a recipe's models are trained on.
public struct DataSource: Sendable, Equatable {
    /// What the set is called that needs no files; for recipes that need files, what these are.
    package let embedded: String
    /// What its samples are called.
    package let samples: String
    /// What `--data` names; nil where the recipe takes no files.
    package let files: String?

    init(embedded: String, samples: String, files: String? = nil) {
        self.embedded = embedded
        self.samples = samples
        self.files = files
    }

    /// 28×28 digits: MNIST from a folder, or the embedded ones.
    public static let digits = DataSource(
        embedded: "the embedded digits", samples: "images", files: "the folder of the MNIST files")
    /// Synthesised notes, which the program makes itself.
    public static let tones = DataSource(embedded: "synthesised notes", samples: "notes")

    /// A pole on a cart, which the program simulates.
    public static let cartPole = DataSource(embedded: "a simulated pole on a cart", samples: "episodes")

    /// A text: a file, or one that the program makes of words that belong together in groups.
    public static let text = DataSource(
        embedded: "a text of planted words", samples: "pairs of words", files: "a text file")

    /// A text: a file, or stories that the program makes up.
    public static let stories = DataSource(
        embedded: "stories that the program makes up", samples: "pieces of text", files: "a text file")

    /// The pixels of one picture: that of a file, or one that the program draws.
    public static let picture = DataSource(
        embedded: "a picture that the program draws", samples: "pixels", files: "a PNG or JPEG picture")

    /// Pictures in folders by class.
    public static let pictures = DataSource(
        embedded: "a folder of pictures", samples: "pictures", files: "a folder of pictures by class")

    /// Scenes of shapes that the program draws.
    public static let scenes = DataSource(embedded: "drawn scenes", samples: "scenes")

    /// - Parameter folder: what `--data` names.
    /// - Throws: `TrainingError.badOption` where there is nothing to read from a file.
    func check(_ folder: String?) throws(TrainingError) {
        if files == nil, let folder {
            throw .badOption(
                "--data is \(folder), but this recipe takes no files: it is trained on \(embedded) that the program makes "
                    + "itself")
        }
    }
}
