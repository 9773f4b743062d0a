import Apus
import ApusModels
import ApusNN
import ApusOptim
import Testing

/// Training in mixed precision: parameters, their gradients and the optimizer's memory keep the parameters' type.
@Suite struct AutocastTrainingTests {
    /// A new one each time: tests run in any order.
    private static var generator: RandomGenerator { RandomGenerator(seed: 7) }

    private static func expectTraining(
        _ model: any Layer, _ images: Tensor, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let types = model.parameters().map(\.value.dtype)
        let labels = Tensor((0..<images.shape[0]).map { $0 % 3 })
        let optimizer = SGD(model.parameters(), learningRate: 0.05, momentum: 0.9)
        var losses: [Double] = []
        for _ in 0..<30 {
            let loss = autocast(.bfloat16) { model(images).softmaxCrossEntropy(labels) }
            loss.backward()
            #expect(
                model.parameters().map { $0.grad?.dtype } == types, "\(type(of: model))",
                sourceLocation: sourceLocation)
            optimizer.step()
            model.zeroGradients()
            losses.append(loss.item())
        }
        #expect(model.parameters().map(\.value.dtype) == types, sourceLocation: sourceLocation)
        #expect(losses.last! < 0.2 * losses[0], "\(losses)", sourceLocation: sourceLocation)
    }

    private static func convolutional(_ dtype: DType) -> Sequential {
        let generator = generator
        let model = Sequential(
            Conv2d(2, 16, kernel: 3, padding: 1, bias: false, using: generator), BatchNorm2d(16), ReLU(),
            MaxPool2d(2), Conv2d(16, 16, kernel: 3, groups: 2, using: generator), PReLU(16),
            AdaptiveAvgPool2d(1), Flatten(), Linear(16, 3, using: generator))
        for parameter in model.parameters() { parameter.value = parameter.value.detach().to(dtype) }
        return model
    }

    @Test(arguments: [DType.float32, .float64])
    func aNetworkLearns(_ dtype: DType) {
        let images = Tensor.normal([12, 2, 10, 10], using: Self.generator)
        Self.expectTraining(Self.convolutional(dtype), images)
    }

    /// Optimizers take no parameters of 16 bits, but these have gradients.
    @Test func gradientsOf16BitParameters() {
        let model = Self.convolutional(.bfloat16)
        autocast(.bfloat16) { model(.ones([2, 2, 8, 8])).sum() }.backward()
        #expect(model.parameters().allSatisfy { $0.grad?.dtype == .bfloat16 })
    }

    @Test func resNetLearns() {
        let model = ResNet(
            .init(block: .basic, depths: [1, 1, 1, 1], width: 8, classes: 3), using: Self.generator)
        Self.expectTraining(model, .normal([6, 3, 32, 32], using: Self.generator))
    }

    /// Whatever runs in 16 bits, running statistics stay in their own type.
    @Test func buffersKeepTheirType() {
        let model = Self.convolutional(.float32)
        let types = model.namedBuffers().map(\.buffer.value.dtype)
        autocast { _ = model(.ones([2, 2, 8, 8])) }
        #expect(model.namedBuffers().map(\.buffer.value.dtype) == types)
    }
}
