// A trainer with everything: an objective, metrics, a schedule, callbacks, and its parts made one by one.

import Apus
import ApusData
import ApusFormats
import ApusNN
import ApusOptim
import ApusTraining

let x = Tensor.normal([1000, 8])
let data = TensorDataset(inputs: x, targets: x.square().sum(axis: 1, keepDims: true))
let parts = data.randomSplit(fractions: [0.9, 0.1])
let model = Sequential(Linear(8, 64), Tanh(), Linear(64, 1))

// snippet.objective
let regression = Objective { (model: Sequential, batch: ExampleBatch<Tensor, Tensor>) in
    let found = model(batch.inputs)
    return BatchResult(
        loss: found.huberLoss(batch.targets), predictions: found, targets: batch.targets,
        values: [("bias", (found - batch.targets).mean())])
}
// snippet.end

// snippet.options
var options = TrainingOptions(epochs: 30, batchSize: 64, seed: 1)
options.accumulation = 2  // batches of a step
options.clipNorm = 1
options.averageDecay = 0.999  // evaluate a moving average of the weights
options.evaluateEvery = 200  // steps, besides each epoch's end
options.saveEvery = 100
options.keep = 3  // older checkpoints besides the last and the best
options.monitor = "test_loss"  // what the best one is the best by
options.patience = 10  // evaluations without a better one
options.timeBudget = 3600  // seconds
options.nonFinite = .skip  // leave out steps whose loss or gradients are infinite or NaN
// snippet.end

// snippet.callback
/// Ends the run when it is good enough.
final class GoodEnough: Callback {
    func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        if let error = record["test_mae"], error < 0.05 { run.requestStop() }
    }
}
// snippet.end

// snippet.trainer
let trainer = try Trainer(
    model, objective: regression, train: parts[0], test: parts[1],
    optimizer: AdamW(model.parameters(), learningRate: 1e-3),
    schedule: .cosine(steps: options.stepCount(samples: parts[0].count), warmUp: 50), options: options,
    metrics: [MeanAbsoluteError(), MeanSquaredError()],
    callbacks: [GoodEnough(), CSVLog(), LearningCurves(), TensorBoardLog(weights: true)],
    in: "runs/squares", resuming: true)
switch try trainer.run() {
case .finished, .alreadyFinished: print("best: \(trainer.best!)")
case let outcome: print("\(outcome) after step \(trainer.position.step)")
}
// snippet.end

// snippet.parts
let pictures = try ImageFolder("animals").transformed(Resize(width: 32, height: 32))
let net = Sequential(Flatten(), Linear(3 * 32 * 32, 2))
let learner = SupervisedLearner(
    net, .classification(labelSmoothing: 0.1), Lion(net.parameters(), learningRate: 1e-4), options: options)
let source = BatchSource(
    DataLoader(pictures, batchSize: 64, workers: 4, policy: .skip), skipped: { print("left out: \($0)") })
let finder = try learner.learningRateCurve(on: source, steps: 100)
print("a learning rate to begin with: \(finder.suggestion ?? 1e-4)")
try Trainer(learner, train: source, options: options, in: "runs/animals").run()
// snippet.end
