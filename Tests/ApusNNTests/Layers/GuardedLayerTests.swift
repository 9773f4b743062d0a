import Apus
import ApusNN
import Testing

/// Every layer on the device whose memory only its kernels can touch: values and gradients of parameters to the bits of the
/// processor's.
@Suite(.serialized) struct GuardedLayerTests {
    private static func bytes(_ x: Tensor) -> [UInt8] { x.withUnsafeBytes { Array($0) } }

    private static func run(_ test: WrongLayerInputTests.Case, on device: Device) -> [[UInt8]] {
        withRandomGenerator(RandomGenerator(seed: 7)) {
            withDevice(device) {
                let layer = test.make()
                let x = Tensor.uniform(test.shape, dtype: test.dtype).requiringGradient()
                let y = layer(x)
                gradients(y)
                layer.evaluate()
                let evaluated = layer(x.detach())
                return
                    ([y, evaluated, x.grad ?? y] + layer.parameters().compactMap(\.grad)
                    + layer.namedBuffers().map(\.buffer.value)).map(bytes)
            }
        }
    }

    private static func gradients(_ y: Tensor) {
        if y.requiresGradient { y.backward(.ones(like: y)) }
    }

    @Test(arguments: WrongLayerInputTests.cases.indices)
    func everyLayerRuns(_ index: Int) {
        let test = WrongLayerInputTests.cases[index]
        #expect(Self.run(test, on: .guarded) == Self.run(test, on: .cpu), "\(test.name)")
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
