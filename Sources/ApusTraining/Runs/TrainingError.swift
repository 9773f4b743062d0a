import Apus

/// Why a run cannot begin, or had to stop.
public enum TrainingError: Error, CustomStringConvertible, Equatable {
    /// No recipe has this name.
    case unknownRecipe(String)
    /// A setting has a value that no run can have; the text is the whole description.
    case badOption(String)
    /// The folder holds a run already.
    case occupied(folder: String)
    /// The folder holds no run.
    case nothingToResume(folder: String)
    /// What the run was begun with, and what was asked for in place of it.
    case otherSettings(folder: String, differences: [String], asked: [String])
    /// The files at `data` are not those that the run was begun with.
    case otherData(folder: String, data: String)
    /// The run's data cannot be read where they were.
    case dataGone(folder: String, reason: String)
    /// `holder` says which process writes to the folder, and since when.
    case inUse(folder: String, holder: String)
    /// A checkpoint is gone, damaged, of another model, or not finite.
    case badCheckpoint(file: String, reason: String)
    /// A file of the run, other than a checkpoint, is missing or damaged.
    case badConfiguration(file: String, reason: String)
    /// The file does not say which model its weights are of.
    case unnamedModel(file: String)
    /// The model takes something else than images.
    case notForImages(recipe: String, takes: String)
    /// The model is no language model.
    case writesNoText(recipe: String)
    /// The model does not tell classes, so there is no accuracy to measure.
    case noClassifier(recipe: String)
    /// The loss, or `what` else a learner named, became infinite or NaN; `checkpoint` is the last good one, nil where
    /// none had been written.
    case lossNotFinite(what: String, value: Double, epoch: Int, step: Int, checkpoint: String?)
    /// `what` names a parameter, or a tensor of the optimizer's.
    case weightsNotFinite(what: String, epoch: Int, step: Int, checkpoint: String?)

    /// One line: what is wrong and, where something helps, what to do about it.
    public var description: String {
        switch self {
        case .unknownRecipe(let name):
            "there is no recipe '\(name)'; there are: \(Recipe.all.map(\.name).joined(separator: ", "))"
                + (nearest(to: name, in: Recipe.all.map(\.name)).map { "; did you mean '\($0)'?" } ?? "")
        case .badOption(let reason): reason
        case .occupied(let folder):
            "\(folder): holds a run already; pass --resume to go on with it, or another --output"
        case .nothingToResume(let folder): "\(folder): there is no run to resume here"
        case .otherSettings(let folder, let differences, let asked):
            "\(folder): the run was begun with \(differences.joined(separator: ", ")), not "
                + "\(asked.joined(separator: ", ")); leave these options out to resume it"
        case .otherData(let folder, let data):
            "\(folder): the files in \(data) are not those that the run was begun with"
        case .dataGone(let folder, let reason):
            "\(folder): its data cannot be read: \(reason); if they have moved, pass --data with their folder"
        case .inUse(let folder, let holder): "\(folder): \(holder) writes to this folder; wait for its end"
        case .badCheckpoint(let file, let reason): "\(file): \(reason)"
        case .badConfiguration(let file, let reason): "\(file): \(reason)"
        case .unnamedModel(let file):
            "\(file): does not say which model's weights it has; name it with --model: "
                + Recipe.all.map(\.name).joined(separator: ", ")
        case .notForImages(let recipe, let takes):
            "a model of \(recipe) takes \(takes), not images; `apus evaluate` measures it"
        case .writesNoText(let recipe):
            "a model of \(recipe) writes no text; those of char-lm do"
        case .noClassifier(let recipe):
            "a model of \(recipe) tells no classes; `apus train` measures it while it learns"
        case .lossNotFinite(let what, let value, let epoch, let step, let checkpoint):
            "\(what) became \(value) in epoch \(epoch), step \(step); "
                + TrainingError.whatIsLeft(checkpoint)
        case .weightsNotFinite(let what, let epoch, let step, let checkpoint):
            "\(what) became infinite or NaN in epoch \(epoch), step \(step); "
                + TrainingError.whatIsLeft(checkpoint)
        }
    }

    private static func whatIsLeft(_ checkpoint: String?) -> String {
        checkpoint.map { "the last good checkpoint is \($0)" } ?? "no checkpoint had been written yet"
    }
}
