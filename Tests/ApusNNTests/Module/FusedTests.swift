import Apus
import ApusModels
import ApusNN
import Testing

/// `Graph.fused` and `frozen`: models with batch normalisations folded into the products before them, and activations
/// into the operations before them, give what they gave.
@Suite struct FusedTests {
    private static func stack(_ index: Int) -> (model: Sequential, shape: Shape) {
        let stacks: [(Sequential, Shape)] = [
            (
                Sequential(
                    Conv2d(3, 8, kernel: 3, padding: 1, bias: false), BatchNorm2d(8), ReLU(),
                    Conv2d(8, 6, kernel: 3, stride: 2, groups: 2),
                    BatchNorm2d(6, epsilon: 1e-2, affine: false), ReLU(),
                    DepthwiseConv2d(6, multiplier: 2, kernel: 3), BatchNorm2d(12), Dropout2d(0.5),
                    TrueConv2d(12, 4, kernel: [1, 2]), BatchNorm2d(4)
                ), [2, 3, 12, 13]
            ),
            (
                Sequential(
                    ConvTranspose2d(4, 6, kernel: [3, 2], stride: 2, outputPadding: 1, groups: 2),
                    BatchNorm2d(6), ReLU(),
                    ConvTranspose2d(6, 3, kernel: 2, bias: false), BatchNorm2d(3)
                ), [2, 4, 4, 3]
            ),
            (
                Sequential(
                    DepthwiseSeparableConv2d(4, 6, kernel: 3), BatchNorm2d(6), ReLU(),
                    ResizeConv2d(6, 3, kernel: 3), BatchNorm2d(3), Flatten(), Linear(3 * 8 * 6, 5),
                    BatchNorm1d(5)
                ), [2, 4, 6, 5]
            ),
            (
                Sequential(
                    Conv1d(2, 4, kernel: 3), BatchNorm1d(4),
                    Sequential(ConvTranspose1d(4, 3, kernel: 2), BatchNorm1d(3))
                ), [2, 2, 7]
            ),
            (
                Sequential(
                    Conv3d(2, 4, kernel: 2), BatchNorm3d(4), ReLU(),
                    ConvTranspose3d(4, 4, kernel: 2, groups: 4),
                    BatchNorm3d(4)
                ), [2, 2, 3, 4, 3]
            ),
            (
                Sequential(
                    SpatiallySeparableConv2d(2, 4, kernel: 3), BatchNorm2d(4), ReLU(),
                    FlattenedConv2d(4, 6, kernel: 3, bias: false), BatchNorm2d(6),
                    ShuffledGroupedConv2d(6, 4, kernel: 1, groups: 2), BatchNorm2d(4),
                    ShuffleNetUnit(4, 8, groups: 2, stride: 2), PointwiseGroupedConv2d(8, 4, groups: 4),
                    BatchNorm2d(4)
                ), [2, 2, 9, 8]
            ),
        ]
        return stacks[index]
    }

    /// How many operations of these names are left.
    private static func count(_ graph: Graph, _ names: String...) -> Int {
        graph.applications.count { names.contains($0.primitive.name) }
    }

    @Test(arguments: 0..<6)
    func foldedNormalizationsGiveTheSame(_ index: Int) throws {
        let (model, shape) = FusedTests.stack(index)
        _ = model.scattered()
        model.evaluate()
        let x = Tensor.normal(shape, dtype: .float64, using: RandomGenerator(seed: 4))
        let fused = model.graph(input: shape, dtype: .float64).fused()
        let expected = model(x)
        expectClose(try fused.run([x])[0], expected)
        #expect(Self.count(fused, "batchNorm") == 0, "\(fused)")
        let again = fused.fused()
        #expect(again.description == fused.description)
        expectClose(model(x), expected, "the model itself has changed")

        for parameter in model.parameters() { parameter.value = parameter.value.detach().to(.float32) }
        for (_, buffer) in model.namedBuffers() where buffer.value.dtype == .float64 {
            buffer.value = buffer.value.to(.float32)
        }
        let single = x.to(.float32)
        let largest = model(single).abs().max().item(as: Double.self)
        let frozen = model.frozen(input: shape)
        for run in 0..<4 {
            let difference = (try frozen(single) - model(single)).abs().max().item(as: Double.self)
            #expect(difference <= 1e-5 * largest, "run \(run)")
        }
    }

    @Test func activationsArePartOfWhatComesBefore() throws {
        let model = Sequential(
            Conv2d(2, 16, kernel: 3), ReLU(), MaxPool2d(2), ReLU(), Flatten(), Linear(16 * 9, 5), ReLU())
        let fused = model.graph(input: [2, 2, 8, 8]).fused()
        #expect(Self.count(fused, "relu") == 0 && fused.applications.count == 4, "\(fused)")
        let x = Tensor.normal([2, 2, 8, 8], using: RandomGenerator(seed: 3))
        #expect(try fused.run([x])[0].array(of: Float.self) == model(x).array(of: Float.self))
        // What is needed without the activation too is not touched.
        let both = Trace.of([x]) { inputs in
            let y = inputs[0].maxPool2d(2)
            return [y, y.relu()]
        }
        #expect(Self.count(both.fused(), "relu") == 1)
    }

    @Test func complexNormalizationsTakeTheirActivation() throws {
        let norm = ComplexBatchNorm2d(3)
        let model = Sequential(norm, CReLU(), ComplexMaxPool2d(2))
        let x = Tensor.normal([2, 3, 4, 4], dtype: .complex64, using: RandomGenerator(seed: 3))
        _ = model(x)
        model.evaluate()
        let fused = model.graph(input: x.shape, dtype: .complex64).fused()
        #expect(Self.count(fused, "crelu") == 0, "\(fused)")
        expectClose(try fused.run([x])[0], model(x), relative: 1e-6)
        // A complex convolution has no such form.
        let convolution = Sequential(Conv2d(2, 3, kernel: 1, dtype: .complex64), CReLU())
        #expect(Self.count(convolution.graph(input: [1, 2, 3, 3], dtype: .complex64).fused(), "crelu") == 1)
    }

    @Test func whatCannotBeFoldedStays() throws {
        let model = Sequential(
            Conv2d(2, 3, kernel: 1), BatchNorm2d(3, trackRunningStatistics: false), BatchNorm2d(3), ReLU(),
            BatchNorm2d(3), MaxPool2d(2)
        ).scattered()
        model.evaluate()
        let x = Tensor.normal([2, 2, 4, 4], dtype: .float64, using: RandomGenerator(seed: 5))
        let fused = model.graph(input: x.shape, dtype: .float64).fused()
        expectClose(try fused.run([x])[0], model(x))
        #expect(Self.count(fused, "batchNorm") == 3 && Self.count(fused, "relu") == 0, "\(fused)")
        // The channels of the normalisation are not the linear layer's.
        let rows = Sequential(Linear(3, 4), BatchNorm1d(2)).scattered()
        rows.evaluate()
        let y = Tensor.normal([5, 2, 3], dtype: .float64, using: RandomGenerator(seed: 6))
        let same = rows.graph(input: y.shape, dtype: .float64).fused()
        expectClose(try same.run([y])[0], rows(y))
        #expect(Self.count(same, "batchNorm") == 1)
    }

    @Test func aParametrizedWeightIsComputedOnce() throws {
        let layer = Conv2d(2, 3, kernel: 2).scattered().weightNorm()
        let model = Sequential(layer, BatchNorm2d(3).scattered(seed: 8))
        model.evaluate()
        let x = Tensor.normal([1, 2, 4, 4], dtype: .float64, using: RandomGenerator(seed: 7))
        let fused = model.graph(input: x.shape, dtype: .float64).fused()
        expectClose(try fused.run([x])[0], model(x))
        #expect(fused.applications.count == 1, "\(fused)")
    }

    @Test(arguments: [
        ResNet.Configuration(block: .basic, depths: [1, 2, 1, 1], width: 4, classes: 3),
        ResNet.Configuration(block: .bottleneck, depths: [1, 1, 1, 2], width: 2, classes: 3),
    ])
    func aResNetLosesItsNormalizations(_ configuration: ResNet.Configuration) throws {
        let model = ResNet(configuration, using: RandomGenerator(seed: 9)).scattered()
        let x = Tensor.normal([2, 3, 33, 40], dtype: .float64, using: RandomGenerator(seed: 10))
        let fused = model.graph(input: x.shape, dtype: .float64).fused()
        #expect(model.isTraining)
        model.evaluate()
        expectClose(try fused.run([x])[0], model(x))
        #expect(Self.count(fused, "batchNorm") == 0)
    }

    @Test func frozenModelsSayWhatTheyTake() throws {
        let frozen = Sequential(Linear(3, 2)).frozen(input: [1, 3], [4, 3])
        #expect(try frozen(.ones([4, 3])).shape == [4, 2])
        #expect(throws: GraphError.inputShapes("input", expected: [[1, 3], [4, 3]], found: [2, 3])) {
            try frozen(.ones([2, 3]))
        }
        #expect(throws: GraphError.inputType("input", expected: .float32, found: .int64)) {
            try frozen(.ones([1, 3], dtype: .int64))
        }
    }

    @Test func theyKeepWhatTheModelWas() throws {
        let model = Linear(3, 2)
        let frozen = model.frozen(input: [1, 3])
        let x = Tensor.ones([1, 3])
        let before = try frozen(x).array(of: Float.self)
        withoutGradient { model.weight.value += 1 }
        #expect(try frozen(x).array(of: Float.self) == before)
        #expect(model(x).array(of: Float.self) != before)
        #expect(try !frozen(x.requiringGradient()).requiresGradient)
    }

    /// Results are kept while later runs go on, and runs go on in many tasks at once.
    @Test func manyTasksUseOne() async throws {
        let model = ResNet(.init(block: .basic, depths: [1, 1, 1, 1], width: 4, classes: 3)).scattered()
        model.evaluate()
        let frozen = FrozenModel(model, inputs: [[1, 3, 32, 32]], dtype: .float64)
        let inputs = (0..<12).map {
            Tensor.normal([1, 3, 32, 32], dtype: .float64, using: RandomGenerator(seed: UInt64($0)))
        }
        let expected = inputs.map { model($0) }
        let found = try await withThrowingTaskGroup(of: (Int, [Tensor]).self) { group in
            for (number, input) in inputs.enumerated() {
                group.addTask { (number, try (0..<6).map { _ in try frozen(input) }) }
            }
            var found = [[Tensor]](repeating: [], count: inputs.count)
            for try await (number, results) in group { found[number] = results }
            return found
        }
        for (found, expected) in zip(found, expected) {
            for result in found { expectClose(result, expected) }
        }
        let memory = try frozen.graphs[0].memory()
        #expect(memory.tensors > 10 && memory.peak < memory.requested, "\(memory)")
    }

    @Test func theSteadyStateAsksTheSystemForNothing() throws {
        let frozen = ConvNet(.mnist).frozen(input: [4, 784])
        let x = Tensor.ones([4, 784])
        for _ in 0..<4 { _ = try frozen(x) }
        let graph = frozen.graphs[0]
        let before = try graph.memory()
        for _ in 0..<20 { _ = try frozen(x) }
        #expect(try graph.memory().peak == before.peak)
        #expect(graph.blocks == 1)
    }
}
