import Apus
import ApusNN
import Testing

@Suite struct ShuffleNetUnitTests {
    @Test func strideOneKeepsTheShapeAndStrideTwoHalvesIt() {
        let x = Tensor.normal([2, 24, 9, 8], using: RandomGenerator(seed: 1))
        #expect(ShuffleNetUnit(24, 24, groups: 3)(x).shape == [2, 24, 9, 8])
        #expect(ShuffleNetUnit(24, 60, groups: 3, stride: 2)(x).shape == [2, 60, 5, 4])
        let first = ShuffleNetUnit(24, 240, groups: 3, stride: 2, groupsFirst: false)
        #expect(first(x).shape == [2, 240, 5, 4])
        #expect(first.conv1.weight.shape == [60, 24, 1, 1] && first.conv3.weight.shape == [216, 20, 1, 1])
        let names = ShuffleNetUnit(24, 24, groups: 3).namedParameters().map(\.name)
        #expect(
            names == [
                "conv1.weight", "bn1.weight", "bn1.bias", "conv2.weight", "bn2.weight", "bn2.bias",
                "conv3.weight",
                "bn3.weight", "bn3.bias",
            ])
    }

    @Test func theBranchIsAddedOrJoined() {
        let x = Tensor.normal([2, 8, 4, 4], dtype: .float64, using: RandomGenerator(seed: 2))
        for stride in [1, 2] {
            let unit = ShuffleNetUnit(8, stride == 1 ? 8 : 16, groups: 2, stride: stride).scattered()
            unit.evaluate()
            unit.bn3.weight!.value = .zeros(unit.bn3.weight!.shape, dtype: .float64)
            let added = unit.bn3.bias!.value.reshape([-1, 1, 1])
            let expected =
                stride == 1
                ? x + added
                : Tensor.cat(
                    [x.avgPool2d(3, stride: 2, padding: 1), added.broadcast(to: [2, 8, 2, 2])], axis: 1)
            expectClose(unit(x), expected.relu())
        }
    }

    @Test func gradientsAreThoseOfDifferences() throws {
        let x = Tensor.normal([2, 4, 5, 4], dtype: .float64, using: RandomGenerator(seed: 3))
        for unit in [ShuffleNetUnit(4, 4, groups: 1), ShuffleNetUnit(4, 8, groups: 2, stride: 2)] {
            let unit = unit.scattered()
            try checkGradients(at: [x]) { unit($0[0]) }
            unit(x).square().sum().backward()
            #expect(unit.parameters().allSatisfy { $0.grad != nil })
        }
    }

    @Test func aSummaryFollowsTheUnit() {
        let summary = Sequential(ShuffleNetUnit(8, 8, groups: 2), ShuffleNetUnit(8, 16, groups: 2, stride: 2))
            .summary(input: [1, 8, 12, 12])
        let last = summary.layers.last!
        #expect(last.output == [1, 16, 6, 6])
        #expect(last.receptiveField.map(\.size) == [5, 5] && last.receptiveField.map(\.jump) == [2, 2])
        #expect(summary.layers.contains { $0.name == "channelShuffle" })
        #expect(summary.layers.contains { $0.name == "0.conv2" && $0.multiplyAdds == 2 * 9 * 144 })
    }

    @Test func misfitsAreNamed() async {
        var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ShuffleNetUnit(8, 16, groups: 2)
        }
        #expect(message(result).contains("ShuffleNetUnit: 8 input and 16 output channels with stride 1"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ShuffleNetUnit(8, 12, groups: 2, stride: 2)
        }
        #expect(message(result).contains("do not divide into 2 groups"))
    }
}
