import Apus
import ApusNN
import Testing

@Suite struct ConvolutionLayerTests {
    @Test func shapesAndNamesArePyTorchs() {
        let layer = Conv2d(6, 9, kernel: [3, 5], stride: 2, padding: [1, 2], groups: 3)
        #expect(layer.namedParameters().map(\.name).sorted() == ["bias", "weight"])
        #expect(layer.weight.value.shape == [9, 2, 3, 5])
        #expect(layer(.zeros([2, 6, 7, 8])).shape == [2, 9, 4, 4])
        #expect(Conv1d(3, 4, kernel: 3, padding: .same)(.zeros([3, 8])).shape == [4, 8])
        #expect(Conv3d(2, 4, kernel: 3, bias: false)(.zeros([1, 2, 5, 4, 3])).shape == [1, 4, 3, 2, 1])
        let back = ConvTranspose2d(4, 6, kernel: 4, stride: 2, padding: 1, groups: 2)
        #expect(back.weight.value.shape == [4, 3, 4, 4])
        #expect(back(.zeros([1, 4, 5, 7])).shape == [1, 6, 10, 14])
    }

    @Test func weightsStartWithinTheirBound() {
        let layer = Conv2d(8, 64, kernel: 3)
        let bound = 1 / Float(72).squareRoot()
        let largest = layer.weight.value.abs().max().item(as: Float.self)
        #expect(largest <= bound && largest > 0.99 * bound)
    }

    @Test func aNetworkLearns() {
        let generator = RandomGenerator(seed: 3)
        let first = Conv2d(1, 4, kernel: 3, padding: 1, using: generator)
        let second = Conv2d(4, 1, kernel: 3, padding: 1, paddingMode: .reflect, using: generator)
        let x = Tensor.normal([4, 1, 8, 8], using: generator)
        let wanted = x * 0.5 + 0.3
        func loss() -> Tensor { (second(first(x).tanh()) - wanted).square().mean() }
        let before = loss().item(as: Float.self)
        let parameters = first.parameters() + second.parameters()
        for _ in 0..<60 {
            for parameter in parameters { parameter.grad = nil }
            loss().backward()
            withoutGradient {
                for parameter in parameters { parameter.value -= parameter.grad! * 0.1 }
            }
        }
        #expect(loss().item(as: Float.self) < 0.8 * before)
    }

    @Test func theReLUAfterAConvolutionIsPartOfIt() {
        let generator = RandomGenerator(seed: 5)
        for dtype in [DType.float32, .float64] {
            let layer = Conv2d(3, 5, kernel: 3, padding: 1, using: generator)
            let fusedLayer = Conv2d(3, 5, kernel: 3, padding: 1, activation: .relu, using: generator)
            for parameter in layer.parameters() { parameter.value = parameter.value.detach().to(dtype) }
            for (parameter, other) in zip(fusedLayer.parameters(), layer.parameters()) {
                parameter.value = other.value.detach()
            }
            let x = Tensor.normal([2, 3, 6, 5], using: generator).to(dtype).requiringGradient()
            let fused = fusedLayer(x)
            #expect((fused .== layer(x).relu()).all().item(as: Bool.self))
            let gradients = gradient(of: fused.square().sum(), at: [x, fusedLayer.weight.value])
            let wanted = gradient(of: layer(x).relu().square().sum(), at: [x, layer.weight.value])
            for (got, want) in zip(gradients, wanted) {
                #expect((got - want).abs().max().item(as: Double.self) < 1e-5)
            }
        }
    }

    @Test func notANumberPassesAFusedReLU() {
        var x = Tensor.ones([2, 16, 8, 8])
        x[0, 3, 2, 2] = Tensor(Float.nan)
        func layers(_ activation: FusedActivation) -> [any Layer] {
            [
                Conv2d(16, 16, kernel: 3, padding: 1, activation: activation),
                Conv2d(16, 16, kernel: 3, padding: 1, groups: 16, activation: activation),
                Conv2d(16, 16, kernel: 1, activation: activation), BatchNorm2d(16, activation: activation),
            ]
        }
        for (fused, layer) in zip(layers(.relu), layers(.none)) {
            let count = fused(x).isNaN().to(.int64).sum().item(as: Int.self)
            #expect(count > 0 && count == layer(x).isNaN().to(.int64).sum().item(as: Int.self))
        }
    }

    @Test func mistakesStopWithTheShapes() async {
        await #expect(processExitsWith: .failure) { _ = Conv2d(5, 4, kernel: 3, groups: 2) }
        await #expect(processExitsWith: .failure) {
            _ = Tensor.zeros([1, 3, 2, 2]).conv2d(.zeros([4, 3, 3, 3]))
        }
        await #expect(processExitsWith: .failure) {
            _ = Tensor.zeros([1, 3, 5, 5]).conv2d(.zeros([4, 2, 3, 3]))
        }
        await #expect(processExitsWith: .failure) {
            _ = Tensor.zeros([1, 3, 5, 5]).convTranspose2d(.zeros([3, 2, 3, 3]), stride: 2, outputPadding: 2)
        }
    }
}

/// A ReLU that is part of the pooling after it.
@Suite struct PoolingActivationTests {
    @Test func poolingBeforeReLUEqualsPoolingAfterIt() {
        let generator = RandomGenerator(seed: 5)
        let layer = Conv2d(2, 5, kernel: 3, padding: 1, using: generator)
        var x = Tensor.normal([3, 2, 9, 8], using: generator)
        x[1, 0, 4, 4] = Tensor(Float.nan)
        let seed = Tensor.normal([3, 5, 4, 4], using: generator)
        func run(_ model: (Tensor) -> Tensor) -> [[Float]] {
            layer.zeroGradients()
            let input = x.requiringGradient()
            let y = model(input)
            y.backward(seed)
            return [y, input.grad!, layer.weight.grad!].map { $0.array(of: Float.self) }
        }
        let pooling = MaxPool2d(2)
        let model = Sequential(layer, MaxPool2d(2, activation: .relu))
        let (given, plain) = (run { model($0) }, run { pooling(layer($0).relu()) })
        for (a, b) in zip(given, plain) {
            #expect(a.map(\.bitPattern) == b.map(\.bitPattern))
            #expect(!b.allSatisfy { $0 == 0 })
        }
    }
}
