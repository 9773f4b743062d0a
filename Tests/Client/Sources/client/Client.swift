import Apus
import ApusData
import ApusFormats
import ApusModels
import ApusNN
import ApusOptim
import ApusTraining
import Foundation

/// Uses every library of Apus as another package would, all beside Foundation and by their plain names.
@main
enum Client {
    static func main() async throws {
        tensors()
        try training()
        try await inference()
        threads()
        print("all is well")
    }

    static func tensors() {
        let x: Tensor = [[1.0, 2.0], [3.0, 4.0]]
        let shape: Shape = [2, 2]
        let type: DType = .float32
        let device: Device = .cpu
        expect(x.shape == shape && x.dtype == type && x.device == device)
        // Foundation's functions of numbers and those of tensors, in one expression.
        expect(exp(Tensor([0.0])).item() == exp(0.0) && pow(x, 2)[1, 1].item() == pow(4.0, 2))
        expect(x[.all, 0...].sum().item(as: Int.self) == abs(-10))
        let y = x.requiringGradient()
        (y * y).sum().backward()
        expect(y.grad!.array(of: Float.self) == [2, 4, 6, 8])
        let noise = withRandomGenerator(RandomGenerator(seed: 7)) { Tensor.normal([3]) }
        expect(noise.array(of: Float.self) == Tensor.normal([3], using: RandomGenerator(seed: 7)).array())
        expect(Tensor.apply(Doubled(), to: [x]).max().item() == 8)
    }

    static func training() throws {
        let model = Sequential(Residual(784), Linear(784, 10))
        let optimizer: Optimizer = Adam(model.parameters(), learningRate: 1e-3)
        let digits = SyntheticDigits().dataset(.train, count: 256)
        var losses: [Double] = []
        for epoch in 0..<3 {
            for batch in DataLoader(digits, batchSize: 64, seed: 0).epoch(epoch) {
                optimizer.zeroGradients()
                let loss = model(batch.inputs.flatten(from: 1, to: -1)).softmaxCrossEntropy(batch.labels)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            }
        }
        expect(losses.last! < losses[0])

        let folder = FileManager.default.temporaryDirectory.appending(
            path: "apus-client-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "model.safetensors").path
        try Safetensors.save(model.stateDictionary(), to: file)
        let again = Sequential(Residual(784), Linear(784, 10))
        try again.load(Safetensors.load(file))
        let x = Tensor.ones([1, 784])
        expect((again(x) .== model(x)).all().item())
        do { try again.load([:]) } catch let error as StateMismatch { expect(!error.missing.isEmpty) }
        expect(try Recipe.named("mnist-mlp").makeModel([:]).parameterCount > 300_000)
        expect(Evaluation(of: MLP(.mnist), on: digits).samples == 256)
    }

    static func inference() async throws {
        let model = ConvNet(.mnist)
        let frozen = model.frozen(input: [1, 784])
        let image = Tensor.ones([1, 784])
        let expected = withInferenceMode { frozen.graphs.count == 1 ? model(image).argmax(axis: 1) : image }
        try await withThrowingTaskGroup(of: Tensor.self) { group in
            for _ in 0..<4 { group.addTask { try frozen(image).argmax(axis: 1) } }
            for try await found in group { expect((found .== expected).all().item()) }
        }
        let graph: Graph = model.graph(input: [1, 784])
        expect(
            "\(graph)".contains("conv2d") && model.summary(input: [1, 784]).description.contains("Conv2d"))
    }

    static func threads() {
        let before = Apus.threads
        Apus.threads = 1
        expect(Apus.threads == 1)
        Apus.threads = before
        // Names of one's own are nearer than those of modules.
        let threads = 3
        expect(threads == 3)
    }

    static func expect(_ condition: Bool, line: UInt = #line) {
        if !condition { fatalError("line \(line) of the client is not so") }
    }
}

/// A layer of the client's own.
final class Residual: Module, Layer {
    let inner: Linear

    init(_ width: Int) { inner = Linear(width, width, activation: .relu) }

    func forward(_ x: Tensor) -> Tensor { x + inner(x) }
}

/// An operation of the client's own.
struct Doubled: SingleResult {
    let name = "doubled"

    func value(of inputs: [Tensor]) -> Tensor { inputs[0] * 2 }
    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient * 2] }
}

/// Names that a program is likely to have already.
extension Array where Element == Int {
    var elementCount: Int { reduce(1, *) }
    var selector: Int { 0 }
}

func fail(_ reason: String) -> Never { fatalError(reason) }
