// A training loop of one's own, on the embedded digits.

// snippet.training
import Apus
import ApusData
import ApusNN
import ApusOptim

let model = Sequential(Flatten(), Linear(784, 100), ReLU(), Linear(100, 10))
let optimizer = Adam(model.parameters(), learningRate: 1e-3)
let digits = SyntheticDigits().dataset(.train, count: 10_000)

for batch in DataLoader(digits, batchSize: 128, seed: 0).epoch(0) {
    optimizer.zeroGradients()
    let loss = model(batch.inputs).softmaxCrossEntropy(batch.labels)
    loss.backward()
    optimizer.step()
}
// snippet.end

// snippet.sequences
let layer = LSTM(8, 16, layers: 2, batchFirst: true, bidirectional: true)
let words = Embedding(1000, 8, paddingIndex: 0)
let numbered: Tensor = [[12, 7, 430, 5], [88, 3, 0, 0]]
let (output, state) = layer(words(numbered), lengths: [4, 2])
// snippet.end
print(output.shape, state.hidden.shape)

// snippet.data
/// Points on a line, drawn anew in each epoch.
struct Line: Dataset {
    let count = 1000

    func sample(_ index: Int) -> Example<Tensor, Float> {
        var random = SampleGenerator()
        let x = Float.random(in: -1...1, using: &random)
        return Example(input: Tensor([x], shape: [1]), target: 2 * x + 1)
    }
}

let points = DataLoader(Line(), batchSize: 32, seed: 1, workers: 2)
for batch in points.epoch(0) {
    print(batch.inputs.shape, batch.targets.mean().item(as: Float.self))
}
// snippet.end

// snippet.padding
let sentences = AnyDataset([[4, 8], [15], [16, 23, 42]])
let padded = DataLoader(sentences, batchSize: 2) { PaddedBatch($0, value: 0) }
// snippet.end
for batch in padded.epoch(0) { print(batch.values, batch.lengths) }
