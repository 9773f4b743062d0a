import Apus
import ApusNN
import ApusOptim

/// One step of each optimizer over ten million parameters: those of a ResNet-18 in 60 tensors, and one tensor.
let optimizerSteps: [Benchmark] = rules.flatMap { name, shapes, make in
    [
        Benchmark("optimizer \(name) list") { step(make, shapes ?? residualNetwork) },
        Benchmark("optimizer \(name) one") { step(make, shapes == nil ? [[10_000_000]] : [[2500, 4000]]) },
    ]
}

private typealias Make = @Sendable ([Parameter]) -> Optimizer

/// Nil shapes are those of the network.
private let rules: [(name: String, shapes: [Shape]?, make: Make)] = [
    ("SGD", nil, { SGD($0, learningRate: 1e-3, momentum: 0.9, weightDecay: 1e-4) }),
    ("Adam", nil, { Adam($0, weightDecay: 1e-4) }),
    ("AdamW", nil, { AdamW($0) }),
    ("AMSGrad", nil, { Adam($0, amsgrad: true) }),
    ("NAdam", nil, { NAdam($0) }),
    ("RAdam", nil, { RAdam($0) }),
    ("Adamax", nil, { Adamax($0) }),
    ("RMSprop", nil, { RMSprop($0, momentum: 0.9, centered: true) }),
    ("Adagrad", nil, { Adagrad($0) }),
    ("Adadelta", nil, { Adadelta($0) }),
    (
        "Adafactor", residualNetwork.map { $0.count > 1 ? Shape([$0[0], $0[1...].reduce(1, *)]) : $0 },
        { Adafactor($0) }
    ),
    ("Muon", Array(repeating: [1000, 500], count: 20), { Muon($0, iterationType: .bfloat16) }),
]

/// The shapes of a ResNet-18's parameters without the last layer's.
private let residualNetwork: [Shape] = {
    func convolution(_ result: Int, _ input: Int, _ size: Int) -> [Shape] {
        [[result, input, size, size], [result], [result]]
    }
    var shapes = convolution(64, 3, 7)
    var input = 64
    for channels in [64, 128, 256, 512] {
        shapes += convolution(channels, input, 3) + convolution(channels, channels, 3)
        if channels != input { shapes += convolution(channels, input, 1) }
        shapes += convolution(channels, channels, 3) + convolution(channels, channels, 3)
        input = channels
    }
    return shapes
}()

private func step(_ make: Make, _ shapes: [Shape]) -> () -> Void {
    let parameters = shapes.map { Parameter(numbers($0)) }
    for parameter in parameters { parameter.grad = numbers(parameter.shape) }
    let optimizer = make(parameters)
    return { optimizer.step() }
}
