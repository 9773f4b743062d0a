import Apus
import ApusNN

/// Recurrent layers over 32 sequences of 128 steps, 256 features in and out.
let recurrent: [Benchmark] =
    layer("lstm") {
        LSTM(256, 256)
    } call: {
        ($0 as! LSTM)($1).output
    }
    + layer("gru") {
        GRU(256, 256)
    } call: {
        ($0 as! GRU)($1).output
    }

private func layer(
    _ name: String, make: @escaping @Sendable () -> Module,
    call: @escaping @Sendable (Module, Tensor) -> Tensor
) -> [Benchmark] {
    [
        Benchmark("\(name) T128 B32 H256") {
            let (layer, x) = (make(), numbers([128, 32, 256]))
            return { withoutGradient { consume(call(layer, x)) } }
        },
        Benchmark("\(name) and gradient T128 B32 H256") {
            let (layer, x) = (make(), numbers([128, 32, 256]).requiringGradient())
            let leaves = [x] + layer.parameters().map(\.value)
            let upstream = numbers([128, 32, 256])
            return { consume(gradient(of: call(layer, x), at: leaves, upstream: upstream)) }
        },
    ]
}
