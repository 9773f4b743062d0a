import Apus
import ApusModels
import ApusNN
import ApusOptim

/// One training step each on a batch in memory: forward, backward, Adam.
let networkSteps = [
    // 128 images of digits' size, convolutions of 8 and 16 channels.
    Benchmark("mnist-conv step") {
        step(ConvNet(.mnist), .uniform([128, 1, 28, 28], low: 0, high: 1), classes: 10)
    },
    // ResNet-18 on 8 small images: every layer that follows a convolution leaves channels last.
    Benchmark("resnet18 step") {
        step(ResNet(.resNet18), .uniform([8, 3, 112, 112], low: 0, high: 1), classes: 1000)
    },
]

private func step(_ model: any Layer, _ images: Tensor, classes: Int) -> () -> Void {
    let optimizer = Adam(model.parameters(), learningRate: 1e-3)
    let labels = Tensor((0..<images.shape[0]).map { $0 % classes })
    return {
        let loss = model(images).softmaxCrossEntropy(labels)
        optimizer.zeroGradients()
        loss.backward()
        optimizer.step()
        consume(loss.item(as: Float.self))
    }
}
