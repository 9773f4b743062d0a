import Apus
import ApusModels
import ApusNN
import Testing
import _ApusTestSupport

@Suite struct PixelReaderTests {
    private let x = Tensor.uniform([2, 1, 28, 28], using: RandomGenerator(seed: 1))

    @Test(arguments: SequenceMixer.allCases)
    func everyMixerReads(_ mixer: SequenceMixer) {
        let model = PixelReader(.mnist(mixer), using: RandomGenerator(seed: 2))
        let logits = withInferenceMode { model(x) }
        #expect(logits.shape == [2, 10])
        #expect(logits.isFinite().all().item(as: Bool.self))
        let rows = withInferenceMode { model(x.reshape([2, 784])) }
        #expect(rows.array(of: Float.self) == logits.array(of: Float.self))
    }

    /// Where the order is that of the rows, a permuted model is one that is not; of an order that mirrors them, it reads the image
    /// upside down and from right to left.
    @Test func stepsComeInTheOrder() {
        var configuration = PixelReader.Configuration.mnist()
        let plain = PixelReader(configuration, using: RandomGenerator(seed: 2))
        configuration.isPermuted = true
        let permuted = PixelReader(configuration, using: RandomGenerator(seed: 2))
        #expect(permuted.order!.value.array(of: Int.self).sorted() == Array(0..<196))
        #expect(permuted.order!.value.array(of: Int.self) != Array(0..<196))
        permuted.order!.value = Tensor.arange(0, 196).flip(axis: 0)
        let (found, wanted) = withInferenceMode { (permuted(x), plain(x.flip(axes: [2, 3]))) }
        expectClose(found, wanted, relative: 1e-4)
    }

    @Test func squaresAreMeans() {
        let configuration = PixelReader.Configuration.mnist(.linear)
        let model = PixelReader(configuration, using: RandomGenerator(seed: 2))
        let blurred = x.avgPool2d([2, 2]).interpolated(x)
        let (found, wanted) = withInferenceMode { (model(blurred), model(x)) }
        expectClose(found, wanted, relative: 1e-4)
        var whole = configuration
        whole.pool = 1
        #expect(whole.steps == 784 && configuration.steps == 196)
    }
}

extension Tensor {
    /// Each number in the four places that it is the mean of.
    fileprivate func interpolated(_ like: Tensor) -> Tensor {
        unsqueeze(3).unsqueeze(5).broadcast(to: [2, 1, 14, 2, 14, 2]).reshape(like.shape)
    }
}
