import Apus
import ApusModels
import ApusNN
import ApusOptim

/// One training step each on a batch in memory: forward, backward, the optimizer.
let networkSteps = [
    // 128 images of digits' size, convolutions of 8 and 16 channels.
    Benchmark("mnist-conv step") {
        step(ConvNet(.mnist), .uniform([128, 1, 28, 28], low: 0, high: 1), classes: 10)
    },
    // Complex convolutions of 10 and 20 channels, as published: no running statistics.
    Benchmark("mnist-complex step") {
        var configuration = ComplexNet.Configuration.mnist
        configuration.tracksStatistics = false
        let model = ComplexNet(configuration)
        return step(
            model, SGD(model.parameters(), learningRate: 5e-3, momentum: 0.9),
            .uniform([64, 1, 28, 28], low: 0, high: 1), classes: 10)
    },
    // ResNet-18 on 8 small images: every layer that follows a convolution leaves channels last.
    Benchmark("resnet18 step") {
        step(ResNet(.resNet18), .uniform([8, 3, 112, 112], low: 0, high: 1), classes: 1000)
    },
    // The 28 rows of 128 digits as sequences: an LSTM of 128 units, and classes of its last state.
    Benchmark("mnist-lstm step") {
        step(RowsClassifier(), .uniform([128, 28, 28], low: 0, high: 1), classes: 10)
    },
]

private final class RowsClassifier: Module, Layer {
    let lstm = LSTM(28, 128, batchFirst: true)
    let linear = Linear(128, 10)

    func forward(_ x: Tensor) -> Tensor { linear(lstm(x).state.hidden.squeeze(axis: 0)) }
}

func step(_ model: any Layer, _ images: Tensor, classes: Int) -> () -> Void {
    step(model, Adam(model.parameters(), learningRate: 1e-3), images, classes: classes)
}

private func step(_ model: any Layer, _ optimizer: Optimizer, _ images: Tensor, classes: Int) -> () ->
    Void
{
    let labels = Tensor((0..<images.shape[0]).map { $0 % classes })
    return {
        let loss = model(images).softmaxCrossEntropy(labels)
        optimizer.zeroGradients()
        loss.backward()
        optimizer.step()
        consume(loss.item(as: Float.self))
    }
}
