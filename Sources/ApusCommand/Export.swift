import ApusTraining
import ArgumentParser

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Save the weights of a trained model alone.",
        discussion: """
            A checkpoint of a run also holds what training needs to go on. The file this writes has the weights only, by \
            the names that PyTorch would give them; `evaluate` and `predict` take it in the place of a run.

            Examples:
              apus export runs/mnist-mlp-1 weights.safetensors
              apus export run weights.safetensors --checkpoint last
            """)

    @OptionGroup var trained: TrainedModel
    @Argument(
        help: ArgumentHelp("The file to write.", valueName: "file.safetensors"),
        completion: .file(extensions: ["safetensors"]))
    var output: String

    func run() throws {
        let trained = try trained.load()
        try trained.saveWeights(to: output)
        try writeLine("saved \(output): the weights of \(trained.checkpoint), a \(trained.recipe.name)")
    }
}
