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
let sentences: Tensor = [[12, 7, 430, 5], [88, 3, 0, 0]]
let (output, state) = layer(words(sentences), lengths: [4, 2])
// snippet.end
