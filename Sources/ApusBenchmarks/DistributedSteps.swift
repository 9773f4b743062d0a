import Apus
import ApusDistributed
import ApusModels
import ApusNN
import ApusOptim

/// Training steps of two processes with one thread each, on as many samples each as one process has that trains alone.
let rankSteps = [
    // 784-400-100-10 on 128 images: as little to compute for its parameters as any network has.
    RankBenchmark(name: "distributed mlp step") {
        try RankStep(MLP(.mnist), .uniform([128, 784], low: 0, high: 1), classes: 10)
            .run(rounds: $0, milliseconds: $1)
    },
    RankBenchmark(name: "distributed resnet18 step") {
        try RankStep(ResNet(.resNet18), .uniform([8, 3, 112, 112], low: 0, high: 1), classes: 1000)
            .run(rounds: $0, milliseconds: $1)
    },
]

/// Forward, backward with the sums of gradients, and SGD with momentum.
private struct RankStep {
    private let model: any Layer
    private let images: Tensor
    private let labels: Tensor

    init(_ model: any Layer, _ images: Tensor, classes: Int) {
        self.model = model
        self.images = images
        labels = Tensor((0..<images.shape[0]).map { $0 % classes })
    }

    /// Rank 0 prints two medians: of a step of both ranks, and of one of its own while the other waits, in turns.
    func run(rounds: Int, milliseconds target: Double) throws {
        Apus.threads = 1
        let group = try MPIGroup.start()
        let parallel = try DataParallel(model, in: group)
        let alone = try DataParallel(model, in: SoloGroup())
        let optimizer = SGD(model.parameters(), learningRate: 0.01, momentum: 0.9)
        let clock = ContinuousClock()
        func measure(_ isTogether: Bool, _ iterations: Int) throws -> Double {
            try group.barrier()
            var time = Duration.zero
            if isTogether || group.rank == 0 {
                time = try clock.measure {
                    for _ in 0..<iterations {
                        let loss = model(images).softmaxCrossEntropy(labels)
                        optimizer.zeroGradients()
                        _ = try (isTogether ? parallel : alone).backward(loss)
                        optimizer.step()
                    }
                }
            }
            try group.barrier()
            return time / .milliseconds(1) / Double(iterations)
        }
        _ = try measure(true, 3)
        let wanted = Tensor(max(1, target / (try measure(true, 3))), dtype: .float64)
        let iterations = Int(try group.broadcast(wanted).item(as: Double.self))
        var times = [[Double]](repeating: [], count: 2)
        for round in 0..<rounds {
            for kind in round % 2 == 0 ? [0, 1] : [1, 0] {
                _ = try measure(kind == 0, 1)
                times[kind].append(try measure(kind == 0, iterations))
            }
        }
        if group.rank == 0 { print(times.map { String($0.sorted()[rounds / 2]) }.joined(separator: "\t")) }
        try group.finish()
    }
}
