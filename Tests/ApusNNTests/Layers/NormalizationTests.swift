import Apus
import ApusNN
import Testing

/// Normalisation layers against PyTorch's: running statistics over several steps, evaluation, names.
@Suite struct NormalizationTests {
    private func trained(momentum: Double?) -> BatchNorm2d {
        let norm = BatchNorm2d(2, momentum: momentum)
        norm.weight!.value = Tensor([0.5, 2])
        norm.bias!.value = Tensor([0.25, -1])
        for step in 0..<3 {
            _ = norm(wave([2, 2, 2, 3], from: 24 * step) * Double(step + 1) + Double(step))
        }
        return norm
    }

    @Test func runningStatisticsFollowTheBatches() {
        let norm = trained(momentum: 0.1)
        expect(norm.runningMean!.value, equals: [0.2998534, 0.2950507])
        expect(norm.runningVariance!.value, equals: [1.476735, 1.475834])
        #expect(norm.batchesTracked!.value.item(as: Int.self) == 3)
        norm.evaluate()
        expect(norm(wave([1, 2, 1, 2])), equals: [0.1266253, 0.4728486, 0.01123619, -1.253417])
        #expect(norm.batchesTracked!.value.item(as: Int.self) == 3)
    }

    @Test func withoutMomentumAllBatchesCountTheSame() {
        let norm = trained(momentum: nil)
        expect(norm.runningMean!.value, equals: [1.038002, 1.021879])
        expect(norm.runningVariance!.value, equals: [2.59702, 2.595108])
        norm.evaluate()
        expect(norm(wave([1, 2, 1, 2])), equals: [-0.07205485, 0.1890234, -1.139772, -2.093475])
    }

    @Test func instanceNormFollowsTheMeanOfItsSamples() {
        let norm = InstanceNorm1d(2, affine: true, trackRunningStatistics: true)
        for step in 0..<2 { _ = norm(wave([2, 2, 4], from: 16 * step) + Double(step)) }
        expect(norm.runningMean!.value, equals: [0.1050626, 0.0909679])
        expect(norm.runningVariance!.value, equals: [0.9057498, 0.90107])
        norm.evaluate()
        expect(norm(wave([1, 2, 2])), equals: [-0.1103931, 0.7737705, 0.8620779, 0.05283327])
        expect(norm(wave([2, 2])), equals: [-0.1103931, 0.7737705, 0.8620779, 0.05283327])
    }

    @Test func stateHasPyTorchsNames() {
        #expect(
            BatchNorm1d(3).stateDictionary().keys.sorted()
                == ["bias", "num_batches_tracked", "running_mean", "running_var", "weight"])
        #expect(BatchNorm1d(3, affine: false, trackRunningStatistics: false).stateDictionary().isEmpty)
        #expect(InstanceNorm2d(3).stateDictionary().isEmpty)
        #expect(GroupNorm(groups: 2, 4).stateDictionary().keys.sorted() == ["bias", "weight"])
        #expect(LayerNorm([2, 3], bias: false).stateDictionary().map(\.value.shape) == [[2, 3]])
        #expect(RMSNorm(3).stateDictionary().keys.sorted() == ["weight"])
    }

    @Test func runningStatisticsAreStateButNoParameters() throws {
        let (a, b) = (trained(momentum: 0.1), BatchNorm2d(2))
        #expect(a.parameters().count == 2)
        #expect(a.namedBuffers().map(\.name) == ["running_mean", "running_var", "num_batches_tracked"])
        try b.load(a.stateDictionary())
        a.evaluate()
        b.evaluate()
        let x = wave([2, 2, 3, 1])
        #expect(a(x).array(of: Float.self) == b(x).array(of: Float.self))
        #expect(b.batchesTracked!.value.item(as: Int.self) == 3)
    }

    @Test func withoutRunningStatisticsEvaluationUsesTheBatch() {
        let norm = BatchNorm1d(3, trackRunningStatistics: false)
        let x = wave([5, 3])
        let trained = norm(x).array(of: Float.self)
        norm.evaluate()
        #expect(norm(x).array(of: Float.self) == trained)
    }

    @Test func anEmptyBatchLeavesTheStatisticsAlone() {
        let norm = BatchNorm2d(2)
        #expect(norm(.zeros([0, 2, 3, 3])).shape == [0, 2, 3, 3])
        expect(norm.runningMean!.value, equals: [0, 0])
        expect(norm.runningVariance!.value, equals: [1, 1])
    }

    @Test func theActivationIsPartOfTheLayer() {
        let (fused, plain) = (BatchNorm2d(3, activation: .relu), BatchNorm2d(3))
        let model = Sequential(fused)
        for training in [true, false] {
            let x = wave([2, 3, 4, 5]).requiringGradient()
            let z = x.detach().requiringGradient()
            if !training {
                model.evaluate()
                plain.evaluate()
            }
            let (y, expected) = (model(x), plain(z).relu())
            #expect(y.array(of: Float.self) == expected.array(of: Float.self))
            let weights = wave([2, 3, 4, 5], from: 7)
            y.backward(weights)
            expected.backward(weights)
            expect(x.grad!, equals: z.grad!.array(of: Double.self))
            expect(fused.weight!.grad!, equals: plain.weight!.grad!.array(of: Double.self))
            expect(fused.bias!.grad!, equals: plain.bias!.grad!.array(of: Double.self))
        }
        #expect(
            fused.runningMean!.value.array(of: Float.self) == plain.runningMean!.value.array(of: Float.self))
    }

    @Test func otherLayersEqualPyTorch() {
        let x = wave([1, 4, 2, 2])
        expect(
            LayerNorm([2, 2])(x),
            equals: [
                -1.164342, 0.9071543, 1.074126, -0.8169388, -0.6773873, -1.001627, 0.08842801, 1.590587,
                1.312483, 0.5733382, -0.6509805, -1.23484, -1.617445, 0.06881653, 1.074222, 0.4744062,
            ])
        expect(
            RMSNorm(2)(x),
            equals: [
                0, 1.414213, 1.397484, 0.2168849, -0.8761359, -1.110129, -0.5534855, 1.301404, 1.305481,
                0.5438, -0.6758314, -1.242277, -1.113458, 0.8719006, 1.18224, 0.7760857,
            ])
        expect(
            GroupNorm(groups: 2, 4)(x),
            equals: [
                -0.1043694, 1.164457, 1.26673, 0.1084208, -1.245527, -1.550299, -0.5256907, 0.8862789,
                1.144247, 0.3354132, -1.004338, -1.643246, -0.9939016, 0.3466909, 1.145997, 0.6691382,
            ])
        expect(
            LocalResponseNorm(2, alpha: 0.5)(x),
            equals: [
                0, 0.7446492, 0.7897779, 0.1405953, -0.6845331, -0.7423118, -0.2397857, 0.606343, 0.7737242,
                0.344008, -0.508744, -0.7949581, -0.4365332, 0.3947944, 0.8047113, 0.5175826,
            ])
        let channelsLast = x.permute([0, 2, 3, 1])
        expect(
            ChannelLayerNorm(4)(x).permute([0, 2, 3, 1]),
            equals: LayerNorm(4)(channelsLast).array(of: Double.self))
    }

    @Test func aWrongShapeIsNamed() async {
        let axes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = BatchNorm2d(3)(.zeros([2, 3, 4]))
        }
        #expect(
            message(axes).contains(
                "batchNorm2d in BatchNorm2d: takes 4 axes and 3 channels along axis 1, not shape [2, 3, 4]"))
        let single = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = BatchNorm1d(3)(.zeros([1, 3]))
        }
        #expect(
            message(single).contains(
                "batchNorm in BatchNorm1d: a single value a channel, of shape [1, 3], has no variance"))
    }
}
