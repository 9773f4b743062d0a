import Apus
import ApusNN

/// What runs along the time of sequences.
let sequences: [Benchmark] =
    attention + attentionWithDropout + maskedSoftmax + transformerBlock + linearAttention
    + linearAttentionWithDecay + selectiveScans + weightedMeans + linearRecurrences + rotations
    + causalConvolutions + s4dKernels

private let selectiveScans = forwardAndGradient(
    "selective scan B8 T1024 D128 N16", work: .operations(6 * 8 * 1024 * 128 * 16),
    inputs: {
        [
            numbers([8, 1024, 128]), numbers([8, 1024, 128]).abs() * 0.05, numbers([128, 16]).abs() * -1,
            numbers([8, 1024, 16]), numbers([8, 1024, 16]),
        ]
    }
) { $0[0].selectiveScan(step: $0[1], decay: $0[2], input: $0[3], output: $0[4]).output }

/// The state of a linear recurrent unit.
private let linearRecurrences = forwardAndGradient(
    "linear recurrence complex B8 T256 N64", work: .operations(8 * 8 * 256 * 64),
    inputs: {
        let decay = Tensor.complex(real: numbers([64]) * 0.4, imaginary: numbers([64]) * 0.2)
        return [decay, Tensor.complex(real: numbers([8, 256, 64]), imaginary: numbers([8, 256, 64]))]
    }
) { $0[1].linearRecurrence(decay: $0[0]) }

/// The kernel of a layer, for each of two peers: all exponentials, and those of two levels.
private let s4dKernels = ["", " of two levels"].flatMap { peer in
    let name = "S4D kernel H128 N64 L4096\(peer)"
    let work = Work.operations(4 * 128 * 64 * 4096)
    return [
        Benchmark("\(name) forward", work: work) {
            let kernel = S4DKernel(128)
            return { withoutGradient { consume(kernel(length: 4096)) } }
        },
        Benchmark("\(name) and gradients", work: work) {
            let kernel = S4DKernel(128)
            let upstream = Tensor.ones([128, 4096])
            let parameters = kernel.parameters().map(\.value)
            return { consume(gradient(of: kernel(length: 4096), at: parameters, upstream: upstream)) }
        },
    ]
}

private func forwardAndGradient(
    _ name: String, work: Work, inputs: @escaping @Sendable () -> [Tensor],
    call: @escaping @Sendable ([Tensor]) -> Tensor
) -> [Benchmark] {
    [
        Benchmark("\(name) forward", work: work) {
            let inputs = inputs()
            return { withoutGradient { consume(call(inputs)) } }
        },
        Benchmark("\(name) and gradients", work: work) {
            let inputs = inputs().map { $0.detach().requiringGradient() }
            let result = call(inputs)
            let upstream = Tensor.ones(result.shape, dtype: result.dtype)
            return { consume(gradient(of: call(inputs), at: inputs, upstream: upstream)) }
        },
    ]
}

/// Causal attention of four sequences with eight heads of 64 channels.
private let attention = [512, 2048].flatMap { time in
    forwardAndGradient(
        "attention causal B4 H8 T\(time) D64", work: .operations(2 * 4 * 8 * time * time * 64),
        inputs: { (0..<3).map { _ in numbers([4, 8, time, 64]) } }
    ) { $0[0].scaledDotProductAttention(key: $0[1], value: $0[2], isCausal: true) }
}

private let attentionWithDropout = forwardAndGradient(
    "attention causal dropout B4 H8 T512 D64", work: .operations(2 * 4 * 8 * 512 * 512 * 64),
    inputs: { (0..<3).map { _ in numbers([4, 8, 512, 64]) } }
) { $0[0].scaledDotProductAttention(key: $0[1], value: $0[2], isCausal: true, dropout: 0.1) }

/// Of scores, of which those of padding are left out.
private let maskedSoftmax = forwardAndGradient(
    "masked softmax B8 H8 T256", work: .bytes(2 * 4 * 8 * 8 * 256 * 256),
    inputs: { [numbers([8, 8, 256, 256])] }
) { $0[0].softmax(mask: isToken) }

private let isToken = Tensor.arange(256) .< 200

/// A block of a language model, the normalisations first: its matrix products, and attention.
private let transformerBlock: [Benchmark] = {
    let name = "transformer block causal B8 T256 D256"
    let products = 2 * 8 * 256 * (4 * 256 * 256 + 2 * 256 * 1024)
    let operations = products + 2 * 8 * 256 * 256 * 256
    @Sendable func make() -> TransformerEncoderLayer {
        TransformerEncoderLayer(
            256, heads: 8, hidden: 1024, dropout: 0, activation: .gelu, normalizesFirst: true)
    }
    return [
        Benchmark("\(name) forward", work: .operations(operations)) {
            let (block, x) = (make(), numbers([8, 256, 256]))
            return { withoutGradient { consume(block(x, isCausal: true)) } }
        },
        Benchmark("\(name) and gradients", work: .operations(3 * operations)) {
            let (block, x) = (make(), numbers([8, 256, 256]).requiringGradient())
            let leaves = [x] + block.parameters().map(\.value)
            let upstream = Tensor.ones([8, 256, 256])
            return { consume(gradient(of: block(x, isCausal: true), at: leaves, upstream: upstream)) }
        },
    ]
}()

private let linearAttention = ["", ", by running sums"].flatMap { form in
    forwardAndGradient(
        "linear attention B4 H4 T4096 D32\(form)", work: .operations(4 * 4 * 4 * 4096 * 32 * 32),
        inputs: { (0..<3).map { _ in numbers([4, 4, 4096, 32]) } }
    ) { $0[0].linearAttention(key: $0[1], value: $0[2]).output }
}

/// Of Mamba-2: a decay for each step.
private let linearAttentionWithDecay = forwardAndGradient(
    "linear attention with decay B4 H4 T4096 D32", work: .operations(4 * 4 * 4 * 4096 * 32 * 32),
    inputs: { (0..<3).map { _ in numbers([4, 4, 4096, 32]) } + [numbers([4, 4, 4096]).abs() * -0.1] }
) { $0[0].linearAttention(key: $0[1], value: $0[2], logDecay: $0[3]).output }

/// Of RWKV-4.
private let weightedMeans = forwardAndGradient(
    "wkv B8 T256 C512", work: .operations(8 * 8 * 256 * 512),
    inputs: {
        [numbers([8, 256, 512]), numbers([8, 256, 512]), numbers([512]).abs() * -1, numbers([512])]
    }
) { $0[0].wkv(value: $0[1], decay: $0[2], first: $0[3]).output }

private let rotations = [RotaryPairs.interleaved, .halves].flatMap { pairs in
    forwardAndGradient(
        "rotary embedding \(pairs) B4 H8 T512 D64", work: .operations(4 * 4 * 8 * 512 * 64),
        inputs: { [numbers([4, 8, 512, 64])] }
    ) { $0[0].rotaryEmbedding(pairs: pairs) }
}

private let causalConvolutions = forwardAndGradient(
    "causal convolution B8 C64 T1024", work: .operations(8 * 64 * 1024 * 50),
    inputs: { [numbers([8, 64, 1024]), numbers([64, 1024])] }
) { $0[0].causalConvolution(kernel: $0[1]) }
