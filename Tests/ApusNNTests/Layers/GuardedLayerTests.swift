import Apus
import ApusNN
import Testing

/// Every layer on the device whose memory only its kernels can touch: values and gradients of parameters to the bits of the
/// processor's.
@Suite(.serialized) struct GuardedLayerTests {
    private static func bytes(_ x: Tensor) -> [UInt8] { x.withUnsafeBytes { Array($0) } }

    /// - Parameters:
    ///   - place: where the layer is made, and what it makes itself; before it runs it is moved to the device.
    private static func run(_ test: LayerCase, madeOn place: Device, on device: Device) -> [[UInt8]] {
        withRandomGenerator(RandomGenerator(seed: 7)) {
            withDevice(place) {
                let layer = test.make()
                layer.to(device)
                let given = input(test).to(device)
                let x = given.dtype.isDifferentiable ? given.requiringGradient() : given
                let y = layer(x)
                #expect(y.device == device, "\(test.name)")
                gradients(y)
                layer.evaluate()
                let evaluated = layer(x.detach())
                return
                    ([y, evaluated, x.grad ?? y] + layer.parameters().compactMap(\.grad)
                    + layer.namedBuffers().map(\.buffer.value)).map(bytes)
            }
        }
    }

    /// Numbers below 3 for layers that look something up.
    private static func input(_ test: LayerCase) -> Tensor {
        test.dtype.isInteger
            ? .randomIntegers(test.shape, low: 0, high: 3, dtype: test.dtype)
            : .uniform(test.shape, dtype: test.dtype)
    }

    private static func gradients(_ y: Tensor) {
        if y.requiresGradient { y.backward(.ones(like: y)) }
    }

    @Test(arguments: LayerCase.all.indices)
    func everyLayerRuns(_ index: Int) {
        let test = LayerCase.all[index]
        let expected = Self.run(test, madeOn: .cpu, on: .cpu)
        #expect(Self.run(test, madeOn: .guarded, on: .guarded) == expected, "\(test.name)")
        #expect(Self.run(test, madeOn: .cpu, on: .guarded) == expected, "\(test.name), moved")
    }

    @Test func recurrentStatesStartWhereTheInputIs() {
        func run(on device: Device) -> [[UInt8]] {
            withRandomGenerator(RandomGenerator(seed: 7)) {
                let (lstm, gru) = (ComplexLSTM(3, 2), ComplexGRU(3, 2))
                let images = ComplexConvLSTM2d(3, 2, kernel: 3)
                for layer in [lstm, gru, images] as [Module] { layer.to(device) }
                let x = Tensor.normal([4, 2, 3], dtype: .complex64).to(device)
                let frames = Tensor.normal([2, 2, 3, 4, 4], dtype: .complex64).to(device)
                let results = [lstm(x).output, gru(x).output, images(frames).output]
                #expect(results.allSatisfy { $0.device == device })
                return results.map(Self.bytes)
            }
        }
        #expect(run(on: .guarded) == run(on: .cpu))
    }

    @Test func modelsMove() {
        let model = Sequential(Linear(3, 4), BatchNorm1d(4))
        model.to(.guarded)
        #expect(model.parameters().allSatisfy { $0.value.device == .guarded && $0.value.isLeaf })
        let y = model(Tensor.ones([2, 3]).to(.guarded))
        y.sum().backward()
        #expect(y.device == .guarded && model.parameters()[0].grad!.device == .guarded)
        model.to(.cpu)
        #expect(model(.ones([2, 3])).device == .cpu)
    }
}
