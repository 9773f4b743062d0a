// Graphs: what was computed, as a value.

// snippet.trace
import Apus
import ApusModels

let model = ConvNet(.mnist)
let graph = model.graph(input: [1, 784])
print(graph)
let results = try graph.run([.ones([1, 784])])
// snippet.end

// snippet.function
let products = Trace.of([Tensor([[1.0, 2], [3, 4]]), Tensor([0, 1])], names: ["x", "rows"]) { inputs in
    let y = (inputs[0] * 2).exp()
    return [y.indexSelect(axis: 0, index: inputs[1]), y.argmax(axis: 1)]
}
// snippet.end

// snippet.frozen
let frozen = model.frozen(input: [1, 784], [64, 784])
let logits = try frozen(.ones([64, 784]))
print(try frozen.graphs[0].memory())
// snippet.end

// snippet.primitive
struct Scale: SingleResult {
    let factor: Double
    var name: String { "scale" }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0] * factor }
    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient * factor] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

let scaled = Tensor.apply(Scale(factor: 2), to: [Tensor([1.0, 2])])
// snippet.end

// snippet.autocast
let images = Tensor.uniform([8, 784])
let loss = autocast(.bfloat16) { model(images).softmaxCrossEntropy(Tensor([0, 1, 2, 3, 4, 5, 6, 7])) }
loss.backward()
// snippet.end
