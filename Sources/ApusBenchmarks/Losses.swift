import Apus

/// Losses of pairs of elements, by their names.
private let pairs: [(name: String, loss: @Sendable (Tensor, Tensor) -> Tensor)] = [
    ("mse", { $0.mseLoss($1) }), ("l1", { $0.l1Loss($1) }), ("huber", { $0.huberLoss($1) }),
    ("bce with logits", { $0.binaryCrossEntropyWithLogits($1) }),
]

/// Losses, alone and with the gradient of the predictions.
let losses: [Benchmark] =
    [1000, 100_000, 10_000_000].flatMap { count in
        pairs.flatMap { name, loss in
            [
                Benchmark("\(name) loss \(count)") {
                    let (x, y) = (numbers([count]), numbers([count]).sigmoid())
                    return { consume(loss(x, y)) }
                },
                Benchmark("\(name) loss and gradient \(count)") {
                    let (x, y) = (numbers([count]), numbers([count]).sigmoid())
                    return { consume(valueAndGradient(at: x) { loss($0, y) }) }
                },
            ]
        }
    } + [
        Benchmark("cross-entropy 512x32000") {
            let (x, classes) = vocabulary()
            return { consume(x.softmaxCrossEntropy(classes)) }
        },
        Benchmark("cross-entropy and gradient 512x32000") {
            let (x, classes) = vocabulary()
            return { consume(valueAndGradient(at: x) { $0.softmaxCrossEntropy(classes) }) }
        },
        Benchmark("ctc loss and gradient 200x16x80") {
            let x = numbers([200, 16, 80])
            let targets = Tensor((0..<16 * 40).map { 1 + $0 % 79 }, shape: [16, 40])
            return { consume(valueAndGradient(at: x) { $0.logSoftmax(axis: 2).ctcLoss(targets) }) }
        },
    ]

/// The logits of 512 words out of 32,000, and which they are.
private func vocabulary() -> (Tensor, Tensor) {
    (numbers([512, 32_000]), Tensor((0..<512).map { $0 * 61 % 32_000 }, shape: [512]))
}
