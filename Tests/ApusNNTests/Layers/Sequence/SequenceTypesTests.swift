import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// Layers of sums in place of softmax in other types than float32.
@Suite struct SequenceTypesTests {
    private static func layers() -> [any StepwiseLayer] {
        let generator = RandomGenerator(seed: 2)
        return [
            LinearAttention(8, heads: 2, isCausal: true, shiftsTokens: true, using: generator),
            GAU(8, keyChannels: 6, isCausal: true, length: 20, rotary: true, using: generator),
            FLASH(8, group: 6, keyChannels: 6, isCausal: true, shiftsTokens: true, using: generator),
            RetNetBlock(8, heads: 2, using: generator),
            Mamba2(8, states: 5, headChannels: 4, using: generator),
        ]
    }

    @Test func sixteenBitsAreNear() {
        let x = Tensor.normal([2, 20, 8], using: RandomGenerator(seed: 1))
        func parts<L: StepwiseLayer>(_ layer: L) -> Tensor {
            var state = layer.initialState(batch: 2)
            return .cat(x.split(sizes: [13, 7], axis: 1).map { layer.advance($0, &state) }, axis: 1)
        }
        for layer in Self.layers() {
            let wanted = layer(x)
            for found in autocast(.bfloat16, { [layer(x), parts(layer)] }) {
                let problem = difference(found.to(.float32), wanted, relative: 0.05, absolute: 0.05)
                #expect(problem == nil, "\(layer): \(problem ?? "")")
            }
        }
    }

    @Test func float64StaysFloat64() {
        let x = Tensor.normal([2, 20, 8], dtype: .float64, using: RandomGenerator(seed: 1))
        for layer in Self.layers() { #expect(Self.type(layer, x) == .float64, "\(layer)") }
    }

    private static func type<L: Layer>(_ layer: L, _ x: Tensor) -> DType { precise(layer)(x).dtype }
}
