import ApusNN
import ApusTraining

/// What is trained, on what, and where to.
func announcement(of run: any TrainingRun, _ configuration: RunConfiguration) throws -> String {
    let (elements, numbers) = (run.model.parameterCount, run.model.realParameterCount)
    let parameters = elements == numbers ? "\(elements)" : "\(elements) (\(numbers) real numbers)"
    let data = try configuration.data ?? Recipe.named(configuration.recipe).source.embedded
    let options = run.options
    return
        "\(configuration.recipe) on \(data): \(parameters) parameters, "
        + "\(options.epochs) epochs, batch \(options.batchSize), lr \(configuration.learningRate), "
        + "seed \(options.seed), \(options.threads) threads → \(run.folder?.path ?? "")"
}

/// How many steps of its epoch a run has done.
func stepOfEpoch(_ run: any TrainingRun) -> Int {
    let (batches, each) = (run.position.batch, run.options.accumulation)
    return batches / each + (batches % each > 0 ? 1 : 0)
}
