import Testing
import _ApusTestSupport

@testable import Apus

/// Normalisation over channels in shapes that samples are too small for: many pieces, joined rows, streamed
/// results, means far from zero, both memory orders.
@Suite struct ChannelNormTests {
    static let shapes: [Shape] = [
        [4, 3, 70, 80], [2, 300, 41, 9], [3, 1, 5000], [700, 130], [2, 5, 3, 2, 1], [1, 2000, 7, 7],
        [2, 64, 4, 4],
    ]

    /// Normalised by tensor operations in float64.
    private func reference(
        _ x: Tensor, groups: Int?, _ weight: Tensor, _ bias: Tensor, relu: Bool
    ) -> Tensor {
        let channels = x.shape[1]
        let split = [x.shape[0], groups ?? channels, channels / (groups ?? channels), -1]
        let rows = x.reshape(split)
        let axes = groups == nil ? [0, 2, 3] : [2, 3]
        let centered = rows - rows.mean(axes: axes, keepDims: true)
        let normal = centered / (centered.square().mean(axes: axes, keepDims: true) + 1e-5).sqrt()
        let shape = [channels] + [Int](repeating: 1, count: x.rank - 2)
        let y = normal.reshape(x.shape) * weight.reshape(shape) + bias.reshape(shape)
        return relu ? y.relu() : y
    }

    private func check(_ shape: Shape, groups: Int?, relu: Bool, channelsLast: Bool, offset: Double = 0) {
        let generator = RandomGenerator(seed: 7)
        let channels = shape[1]
        var x = Tensor.normal(shape, dtype: .float64, using: generator) * 2 + offset
        let weight = Tensor.normal([channels], dtype: .float64, using: generator)
        let bias = Tensor.normal([channels], dtype: .float64, using: generator)
        let upstream = Tensor.normal(shape, dtype: .float64, using: generator)
        x = x.to(.float32).to(.float64)
        let exact = [x, weight, bias].map { $0.requiringGradient() }
        let expected = reference(exact[0], groups: groups, exact[1], exact[2], relu: relu)
        expected.backward(upstream)
        let single = channelsLast ? x.to(.float32).channelsLast() : x.to(.float32)
        let leaves = [single, weight.to(.float32), bias.to(.float32)].map { $0.requiringGradient() }
        let y =
            groups.map { leaves[0].groupNorm(groups: $0, weight: leaves[1], bias: leaves[2]) }
            ?? leaves[0].batchNorm(weight: leaves[1], bias: leaves[2], activation: relu ? .relu : .none)
        #expect(y.layout.isChannelsLast)
        y.backward(upstream.to(.float32))
        let scale = 1 + offset
        #expect(difference(y, expected, relative: 2e-5 * scale, absolute: 2e-5 * scale) == nil, "\(shape)")
        if relu { return }  // A rounded value near zero may be on its other side.
        for (leaf, wanted) in zip(leaves, exact) {
            let largest = wanted.grad!.abs().max().item(as: Double.self)
            let problem = difference(
                leaf.grad!, wanted.grad!, relative: 1e-4 * scale, absolute: 1e-5 * scale * largest)
            #expect(problem == nil, "\(shape) \(problem ?? "")")
        }
    }

    @Test(arguments: shapes)
    func batchesEqualTensorOperations(_ shape: Shape) {
        for channelsLast in [false, true] {
            check(shape, groups: nil, relu: false, channelsLast: channelsLast)
        }
        check(shape, groups: nil, relu: true, channelsLast: true)
    }

    @Test(arguments: [
        ([4, 6, 50, 40], 3), ([3, 300, 21, 9], 300), ([2, 300, 21, 9], 1), ([5, 64, 4, 4], 8),
        // Samples that are read once for both passes.
        ([9, 48, 30, 31], 6), ([17, 8, 30], 2),
    ])
    func groupsEqualTensorOperations(_ shape: Shape, _ groups: Int) {
        check(shape, groups: groups, relu: false, channelsLast: true)
    }

    @Test func aMeanFarFromZeroCostsNoDigitsOfTheVariance() {
        check([4, 3, 70, 80], groups: nil, relu: false, channelsLast: true, offset: 1000)
    }

    @Test func largeResultsAreWholeWhenStreamed() {
        check([3, 48, 180, 190], groups: nil, relu: false, channelsLast: true)
    }

    @Test func threadsDoNotChangeABit() {
        func run() -> [[Float]] {
            let generator = RandomGenerator(seed: 9)
            let x = Tensor.normal([6, 40, 37, 41], using: generator).requiringGradient()
            let weight = Tensor.normal([40], using: generator).requiringGradient()
            let bias = Tensor.normal([40], using: generator).requiringGradient()
            let y = x.batchNorm(weight: weight, bias: bias, activation: .relu)
            y.backward(Tensor.normal(y.shape, using: generator))
            // By samples on one thread, by pieces on two.
            let leaf = x.detach().requiringGradient()
            let z = leaf.groupNorm(groups: 8)
            z.backward(Tensor.normal(z.shape, using: generator))
            return [y, x.grad!, weight.grad!, bias.grad!, z, leaf.grad!].map { $0.array(of: Float.self) }
        }
        #expect(withThreads(1) { run() } == withThreads(2) { run() })
    }

    @Test func theGradientMayBeInAnyOrder() {
        let x = Tensor.normal([3, 4, 5, 6], using: RandomGenerator(seed: 2))
        func gradient(_ upstream: Tensor) -> [Float] {
            let leaf = x.requiringGradient()
            leaf.batchNorm(activation: .relu).backward(upstream)
            return leaf.grad!.array(of: Float.self)
        }
        let upstream = Tensor.normal([3, 4, 5, 6], using: RandomGenerator(seed: 3))
        #expect(gradient(upstream) == gradient(upstream.channelsLast()))
        #expect(
            gradient(Tensor.ones([1, 1, 1, 1]).broadcast(to: x.shape)) == gradient(.ones([3, 4, 5, 6])))
    }

    @Test func theMomentsAreThoseOfTheBatch() {
        let x = Tensor.normal([3, 4, 5], using: RandomGenerator(seed: 4))
        let (_, mean, variance) = x.batchNormAndMoments()
        #expect(difference(mean, x.mean(axes: [0, 2]), relative: 1e-5, absolute: 1e-6) == nil)
        let expected = x.variance(axes: [0, 2], correction: 0)
        #expect(difference(variance, expected, relative: 1e-5, absolute: 1e-6) == nil)
        let (_, each, _) = x.instanceNormAndMoments()
        #expect(difference(each, x.mean(axis: 2), relative: 1e-5, absolute: 1e-6) == nil)
    }
}
