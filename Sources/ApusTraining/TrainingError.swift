/// Why a run cannot begin, or had to stop.
public enum TrainingError: Error, CustomStringConvertible, Equatable {
    case unknownRecipe(String)
    case badOption(String)
    case occupied(folder: String)
    case nothingToResume(folder: String)
    case otherSettings(folder: String, differences: [String])
    case badCheckpoint(file: String, reason: String)
    case badConfiguration(file: String, reason: String)
    case notForImages(recipe: String, takes: String)
    case lossNotFinite(loss: Float, epoch: Int, step: Int, checkpoint: String?)

    public var description: String {
        switch self {
        case .unknownRecipe(let name):
            "there is no recipe '\(name)'; there are: \(Recipe.all.map(\.name).joined(separator: ", "))"
        case .badOption(let reason): reason
        case .occupied(let folder):
            "\(folder): holds a run already; pass --resume to go on with it, or another --output"
        case .nothingToResume(let folder): "\(folder): there is no run to resume here"
        case .otherSettings(let folder, let differences):
            "\(folder): the run was begun with \(differences.joined(separator: ", ")); leave these options out to resume it"
        case .badCheckpoint(let file, let reason): "\(file): \(reason)"
        case .badConfiguration(let file, let reason): "\(file): \(reason)"
        case .notForImages(let recipe, let takes):
            "a model of \(recipe) takes \(takes), not images; `apus evaluate` measures it"
        case .lossNotFinite(let loss, let epoch, let step, let checkpoint):
            "the loss became \(loss) in epoch \(epoch), step \(step); "
                + (checkpoint.map { "the last good checkpoint is \($0)" }
                    ?? "no checkpoint had been written yet")
        }
    }
}
