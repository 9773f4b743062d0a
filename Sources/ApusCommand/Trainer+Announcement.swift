import ApusNN
import ApusTraining

extension Trainer {
    /// What is trained, on what, and where to.
    var announcement: String {
        let (elements, numbers) = (model.parameterCount, model.realParameterCount)
        let parameters = elements == numbers ? "\(elements)" : "\(elements) (\(numbers) real numbers)"
        return
            "\(configuration.recipe) on \(configuration.data ?? recipe.source.embedded): \(parameters) parameters, "
            + "\(configuration.epochs) epochs, batch \(configuration.batchSize), lr \(configuration.learningRate), "
            + "seed \(configuration.seed), \(configuration.threads) threads → \(folder.path)"
    }
}
