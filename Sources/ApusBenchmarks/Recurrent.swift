import Apus
import ApusNN

/// Recurrent layers over 32 sequences of 128 steps, 256 features in and out.
let recurrent: [Benchmark] =
    layer("lstm", gates: 4) {
        LSTM(256, 256)
    } call: {
        ($0 as! LSTM)($1).output
    }
    + layer("gru", gates: 3) {
        GRU(256, 256)
    } call: {
        ($0 as! GRU)($1).output
    }

private func layer(
    _ name: String, gates: Int, make: @escaping @Sendable () -> Module,
    call: @escaping @Sendable (Module, Tensor) -> Tensor
) -> [Benchmark] {
    // W·x and U·h of each gate.
    let operations = 2 * 128 * 32 * gates * 256 * (256 + 256)
    return [
        Benchmark("\(name) T128 B32 H256", work: .operations(operations)) {
            let (layer, x) = (make(), numbers([128, 32, 256]))
            return { withoutGradient { consume(call(layer, x)) } }
        },
        Benchmark("\(name) and gradient T128 B32 H256", work: .operations(3 * operations)) {
            let (layer, x) = (make(), numbers([128, 32, 256]).requiringGradient())
            let leaves = [x] + layer.parameters().map(\.value)
            let upstream = numbers([128, 32, 256])
            return { consume(gradient(of: call(layer, x), at: leaves, upstream: upstream)) }
        },
    ]
}
