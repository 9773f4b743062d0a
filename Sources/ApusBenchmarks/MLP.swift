import Apus
import ApusData
import ApusModels
import ApusNN
import ApusOptim
import Glibc

/// One epoch of the MLP on MNIST: 784-400-100-10, ReLU, Adam 1e-3, batch 128, the data in memory.
let mlp = [Benchmark("mlp epoch") { try mlpEpoch() }]

let mlpMemory = [
    Benchmark("mlp 3 epochs") {
        let epoch = try mlpEpoch()
        return { for _ in 0..<3 { epoch() } }
    }
]

private func mlpEpoch() throws -> () -> Void {
    let (images, labels) = try trainingSet()
    let model = MLP(.mnist)
    let optimizer = Adam(model.parameters(), learningRate: 1e-3)
    return {
        let order = Tensor.permutation(images.shape[0])
        var total = Tensor.zeros([])
        for start in stride(from: 0, to: order.count, by: 128) {
            let batch = order[start..<min(start + 128, order.count)]
            let loss = model(images.indexSelect(axis: 0, index: batch))
                .softmaxCrossEntropy(labels.indexSelect(axis: 0, index: batch))
            optimizer.zeroGradients()
            loss.backward()
            optimizer.step()
            total += loss.detach()
        }
        consume(total.item(as: Float.self))
    }
}

/// MNIST's training images in [0, 1] and labels, where APUS_BENCH_MNIST names its folder; else noise.
private func trainingSet() throws -> (images: Tensor, labels: Tensor) {
    if let folder = getenv("APUS_BENCH_MNIST").map({ String(cString: $0) }), !folder.isEmpty {
        let set = try MNIST.load(.train, from: folder)
        return (set.images.to(.float32).reshape(-1, 784) / 255, set.labels.to(.int64))
    }
    let labels = (0..<60_000).map { _ in Int.random(in: 0..<10) }
    return ((numbers([60_000, 784]) + 2) / 4, Tensor(labels))
}
