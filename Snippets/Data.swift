// Data sets of files, and how loaders go through them.

import Apus
import ApusData
import ApusFormats

// snippet.combinations
let pictures = try ImageFolder("animals")
let bright = try pictures.filter { $0.image.width >= 64 }
let parts = bright.randomSplit(fractions: [0.8, 0.1, 0.1], seed: 1)
let train = parts[0].concatenated(with: try ImageFolder("more-animals"))
print(pictures.classNames, train.count, parts[1].count)
// snippet.end

// snippet.tables
let table = try CSV.read("iris.csv")
let flowers = try CSVDataset(
    table, inputs: ["petal length", "petal width", .categorical("site")], target: .categorical("species"))
print(flowers.categories["species"]!, flowers.inputs.shape)
// snippet.end

// snippet.text
let lines = try TextLines("reviews.txt")
let vocabulary = Vocabulary(of: lines.lines.lazy.flatMap(Vocabulary.words), minimumCount: 5)
let numbers = lines.map { vocabulary.encode(Vocabulary.words(in: $0)) }
let reviews = DataLoader(numbers, batchSize: 32) { PaddedBatch($0) }
for batch in reviews.epoch(0) {
    print(batch.values.shape, batch.lengths, batch.mask.shape)
}
// snippet.end

// snippet.arrays
let arrays = try NPZ.load("arrays.npz")
let rows = TensorDataset(inputs: arrays["x"]!, labels: arrays["y"]!)
// snippet.end

// snippet.samplers
let labels = pictures.labels
let tensors = pictures.transformed(Resize(width: 64, height: 64))
let balanced = DataLoader(tensors, batchSize: 32, sampler: .balanced(by: labels), workers: 4)
let even = DataLoader(tensors, batchSize: 32, sampler: .stratified(by: labels), dropsLast: true)
let chosen = DataLoader(
    tensors, batchSize: 32, sampler: .weighted(labels.map { $0 == 0 ? 3 : 1 }, count: 1000))
// snippet.end

// snippet.failures
let careful = DataLoader(tensors, batchSize: 32, workers: 2, policy: .skip)
let epoch = careful.epoch(0)
while let batch = try epoch.next() {
    print(batch.inputs.shape)
}
print("left out \(epoch.skipped.count): \(epoch.skipped)")
// snippet.end
print(rows.count, balanced.batchCount, even.batchCount, chosen.batchCount)
