// Training in several processes, with a loop of one's own and with the trainer: started by `mpirun -n 2`.

// snippet.loop
import Apus
import ApusData
import ApusDistributed
import ApusNN
import ApusOptim

let group = try MPIGroup.start()
Apus.threads = max(1, Apus.threads / group.localSize)  // processes of a machine share its cores

let model = Sequential(Flatten(), Linear(784, 100), ReLU(), Linear(100, 10))
let parallel = try DataParallel(model, in: group)  // all have the first one's weights now
let optimizer = Adam(model.parameters(), learningRate: 1e-3)
let digits = SyntheticDigits().dataset(.train, count: 10_000)

// The mean over this process's rows times their share of the batch; nil where it has none.
let loss = { (batch: LabeledBatch) -> Tensor? in
    let rows = group.part(of: batch.sampleCount)
    if rows.isEmpty { return nil }
    let mean = model(batch.inputs[rows]).softmaxCrossEntropy(batch.labels[rows])
    return mean * (Double(rows.count) / Double(batch.sampleCount))
}

for batch in DataLoader(digits, batchSize: 128, seed: 0).epoch(0) {
    optimizer.zeroGradients()
    let part = loss(batch)
    let sums = try parallel.backward(part, numbers: [part?.item(as: Double.self) ?? 0])
    optimizer.step()
    if group.rank == 0 { print(sums[0]) }  // the mean over the whole batch
}
if group.rank == 0 { try model.save("digits.safetensors") }
// snippet.end

// snippet.trainer
import ApusTraining

let trainer = try Trainer(
    model, objective: .classification, train: digits, test: SyntheticDigits().dataset(.test),
    optimizer: optimizer, options: TrainingOptions(epochs: 3, batchSize: 128), metrics: [Accuracy()],
    in: "runs/digits", group: group)
try trainer.run()
// snippet.end

let batches = Array(DataLoader(digits, batchSize: 128, seed: 0).epoch(1).prefix(4))
// snippet.accumulation
optimizer.zeroGradients()
for batch in batches.dropLast() { loss(batch)?.backward() }
_ = try parallel.backward(loss(batches.last!))
optimizer.step()  // by the sum of the batches' means
// snippet.end

let batch = batches[0]
// snippet.sharded
let sharded = ShardedOptimizer(AdamW(model.parameters(), learningRate: 1e-3), in: group)
sharded.zeroGradients()
_ = try parallel.backward(loss(batch))
try sharded.step()
// snippet.end

// snippet.finish
try group.finish()  // the last call: without it launchers take a program's end for a failure
// snippet.end
