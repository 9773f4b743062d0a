// Groups, schedules, clipping, accumulation and averages in one loop.

import Apus
import ApusData
import ApusNN
import ApusOptim

// snippet.groups
let backbone = Sequential(Flatten(), Linear(784, 100), ReLU())
let head = Linear(100, 10)
let model = Sequential(backbone, head)
let optimizer = AdamW(
    [
        ParameterGroup(backbone.parameters(), learningRate: 1e-4),
        ParameterGroup(head.parameters(), weightDecay: 0),
    ], learningRate: 1e-3, weightDecay: 0.01)
// snippet.end

let digits = SyntheticDigits().dataset(.train, count: 2_000)
let batches = Array(DataLoader(digits, batchSize: 64, seed: 0).epoch(0))

// snippet.loop
let scheduler = Scheduler(optimizer, .cosine(steps: batches.count, warmUp: 5))
let average = ExponentialMovingAverage(of: model, decay: 0.99)

for batch in batches {
    optimizer.zeroGradients()
    model(batch.inputs).softmaxCrossEntropy(batch.labels).backward()
    clipGradientNorm(of: optimizer.parameters, to: 1)
    optimizer.step()
    scheduler.step()
    average.update()
}

let loss = withAveragedWeights(of: average) {
    withInferenceMode { model(batches[0].inputs).softmaxCrossEntropy(batches[0].labels) }
}
// snippet.end

// snippet.accumulation
for start in stride(from: 0, to: batches.count - 3, by: 4) {
    optimizer.zeroGradients()
    for batch in batches[start..<start + 4] {
        (model(batch.inputs).softmaxCrossEntropy(batch.labels) / 4).backward()
    }
    optimizer.step()
}
// snippet.end

// snippet.rule
final class SignDescent: Optimizer {
    init(_ parameters: [some Optimizable], learningRate: Double) {
        super.init(
            "SignDescent", parameters, learningRate: learningRate, momentum: 0.9,
            slots: { ["mean": .zeros(like: $0.value)] })
    }

    override func update(
        _ value: inout Tensor, gradient: Tensor, slots: inout [Tensor], step: Int, group: Group
    ) {
        slots[0] *= group.momentum!
        slots[0] += gradient
        value -= slots[0].sign() * group.learningRate
    }
}
// snippet.end

SignDescent(model.parameters(), learningRate: 1e-4).step()
print(loss.item(as: Float.self))
