import Apus
import ApusModels
import ApusNN
import ApusOptim

/// Vision models on images of 224 × 224: a training step with AdamW, and inference of the frozen model.
let visionModels: [Benchmark] = {
    let models: [(name: String, batch: Int, make: @Sendable () -> any Layer)] = [
        ("hornet_tiny_7x7", 4, { HorNet(.tiny) }),
        ("hornet_tiny_gf", 4, { HorNet(.tinyGF) }),
        ("efficientnet_b0", 8, { EfficientNet(.b0) }),
        ("resnet50", 8, { ResNet(.resNet50) }),
        ("shufflenet_v2_x1_0", 8, { ShuffleNetV2(.x10) }),
        ("mobilenet_v2", 8, { MobileNetV2(.mobileNetV2) }),
        ("convnext_tiny", 4, { ConvNeXt(.tiny) }),
        ("swin_t", 4, { SwinTransformer(.tiny) }),
    ]
    return models.flatMap { name, batch, make -> [Benchmark] in
        [
            Benchmark("\(name) step \(batch)") { trainingStep(make(), batch) },
            Benchmark("\(name) frozen 1") { frozenModel(make(), 1) },
            Benchmark("\(name) frozen 8") { frozenModel(make(), 8) },
        ]
    }
}()

private func trainingStep(_ model: any Layer, _ batch: Int) -> () -> Void {
    let images = Tensor.uniform([batch, 3, 224, 224])
    let labels = Tensor((0..<batch).map { $0 })
    let optimizer = AdamW(model.parameters(), learningRate: 1e-3)
    return {
        let loss = model(images).softmaxCrossEntropy(labels)
        optimizer.zeroGradients()
        loss.backward()
        optimizer.step()
        consume(loss.item(as: Float.self))
    }
}

private func frozenModel(_ model: any Layer, _ batch: Int) -> () -> Void {
    let images = Tensor.uniform([batch, 3, 224, 224])
    let frozen = model.frozen(input: images.shape)
    return { consume(try! frozen(images)) }
}
