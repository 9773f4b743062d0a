import Apus
import ApusNN
import Testing

struct CheckpointedSequentialTests {
    /// Gradients, values and running statistics are those of the layers without checkpoints.
    @Test func trainsAsWithoutCheckpoints() {
        func state(isCheckpointed: Bool) -> [[Float]] {
            let generator = RandomGenerator(seed: 1)
            let network = Sequential(
                Conv2d(3, 8, kernel: 3, using: generator), BatchNorm2d(8), ReLU(), Dropout(0.5),
                Conv2d(8, 4, kernel: 3, using: generator), InstanceNorm2d(4, trackRunningStatistics: true))
            network.isCheckpointed = isCheckpointed
            let x = Tensor.uniform([2, 3, 8, 8], using: RandomGenerator(seed: 2)).requiringGradient()
            return withRandomGenerator(RandomGenerator(seed: 3)) {
                for _ in 0..<2 { network(x).square().sum().backward() }
                return
                    (network.namedParameters().map { $0.parameter.value.grad! }
                    + network.namedBuffers().map { $0.buffer.value.to(.float32) } + [x.grad!])
                    .map { $0.array(of: Float.self) }
            }
        }
        #expect(state(isCheckpointed: true) == state(isCheckpointed: false))
    }
}
