import Apus
import ApusModels
import ApusNN

/// Vision models on images of 224 × 224: a training step with Adam, and inference of the frozen model.
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
            Benchmark("\(name) step \(batch)") {
                step(make(), .uniform([batch, 3, 224, 224]), classes: 1000)
            },
            Benchmark("\(name) frozen 1") { frozen(make(), 1) },
            Benchmark("\(name) frozen 8") { frozen(make(), 8) },
        ]
    }
}()

/// The training step of HorNet-T with the blocks of its stages checkpointed.
let checkpointedStep = Benchmark("hornet_tiny_7x7 step 4 checkpointed") { hornetStep(isCheckpointed: true) }

/// Two training steps of HorNet-T, as it is and checkpointed.
let visionMemory = [
    Benchmark("hornet_tiny_7x7 step 4") { twice(hornetStep(isCheckpointed: false)) },
    Benchmark("hornet_tiny_7x7 step 4 checkpointed") { twice(hornetStep(isCheckpointed: true)) },
]

private func hornetStep(isCheckpointed: Bool) -> () -> Void {
    let model = HorNet(.tiny)
    for stage in model.stages { stage.isCheckpointed = isCheckpointed }
    return step(model, .uniform([4, 3, 224, 224]), classes: 1000)
}

private func twice(_ body: @escaping () -> Void) -> () -> Void {
    { for _ in 0..<2 { body() } }
}
