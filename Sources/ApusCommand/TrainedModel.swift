import Apus
import ApusTraining
import ArgumentParser
import Foundation

/// Which trained model: what the commands that use one have in common.
struct TrainedModel: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The folder of a run, or a safetensors file of weights.", valueName: "run"),
        completion: .file())
    var path: String

    @Option(
        help: ArgumentHelp(
            "Which weights of the run: best, last, or a file. (default: best)", valueName: "which"),
        completion: .file(extensions: ["safetensors"]))
    var checkpoint: String?

    @Option(
        help: ArgumentHelp(
            "Whose weights are in the file, where it does not say: a recipe.", valueName: "recipe"),
        completion: .list(Recipe.all.map(\.name)))
    var model: String?

    /// Whether it is a folder; nil where there is nothing.
    private var isFolder: Bool? {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
    }

    func validate() throws {
        do { _ = try model.map { try Recipe.named($0) } } catch let error as TrainingError {
            throw ValidationError(error.description)
        }
        try checkCheckpoint()
        if isFolder == true && model != nil {
            throw ValidationError(
                "--model is for a file of weights; the run in \(path) says itself what it trained")
        }
        if isFolder == false && checkpoint != nil {
            throw ValidationError("--checkpoint chooses from a run's folder; \(path) is a file of weights")
        }
    }

    /// - Throws: `ValidationError` for what is neither a checkpoint's name nor a file, but nearly a name.
    private func checkCheckpoint() throws {
        guard let checkpoint, !FileManager.default.fileExists(atPath: checkpoint) else { return }
        let names = ["best", "last"]
        if !names.contains(checkpoint), let name = nearest(to: checkpoint, in: names) {
            throw ValidationError("there is no checkpoint '\(checkpoint)'; did you mean '\(name)'?")
        }
    }

    func load() throws -> TrainedRun {
        if isFolder == false { return try TrainedRun(weights: path, recipe: model) }
        let folder = RunFolder(path)
        switch checkpoint {
        case "best": return try TrainedRun(folder, checkpoint: folder.best)
        case "last": return try TrainedRun(folder, checkpoint: folder.last)
        case let checkpoint: return try TrainedRun(folder, checkpoint: checkpoint)
        }
    }
}
