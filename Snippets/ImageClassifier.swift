// A network of one's own that learns to tell the pictures of a folder apart, stops and goes on, and is saved.

// snippet.program
import Apus
import ApusData
import ApusNN
import ApusOptim
import ApusTraining

final class ShapeNet: Module, Layer {
    let features = Sequential(
        Conv2d(3, 16, kernel: 5), MaxPool2d(4, activation: .relu), Conv2d(16, 32, kernel: 5), ReLU())
    let classes = Linear(32 * 3 * 3, 2)
    func forward(_ x: Tensor) -> Tensor { classes(features(x).flatten(from: 1, to: -1)) }
}

Interruption.watch()
let pictures = try ImageFolder("shapes").transformed(Resize(width: 32, height: 32))
let parts = pictures.randomSplit(fractions: [0.8, 0.2])
let model = ShapeNet()
let trainer = try Trainer(
    model, objective: .classification, train: parts[0], test: parts[1],
    optimizer: AdamW(model.parameters(), learningRate: 2e-3), options: TrainingOptions(epochs: 20),
    metrics: [Accuracy()], in: "runs/shapes", resuming: true)
try trainer.run()
try RunFolder("runs/shapes").loadBest(into: model)
print(try trainer.evaluateTest())
try model.save("shapes.safetensors")
let reloaded = ShapeNet()
try reloaded.load("shapes.safetensors")
// snippet.end

// snippet.prediction
import ApusFormats

let picture = try Image.read("new.png", as: .rgb)
let input = ToTensor()(Resize(width: 32, height: 32)(picture)).unsqueeze(0)
let shares = reloaded.withEvaluationMode { withInferenceMode { reloaded(input).softmax(axis: 1) } }
print(try ImageFolder("shapes").classNames[shares.argmax(axis: 1).item()], shares)
// snippet.end
