import Apus
import ApusModels
import ApusNN

/// ResNet-18 on images of 224 × 224: the model in evaluation mode, and frozen.
let inference: [Benchmark] = [1, 8].flatMap { batch -> [Benchmark] in
    let shape = [batch, 3, 224, 224]
    return [
        Benchmark("resnet18 inference \(batch)") {
            let (model, images) = (ResNet(.resNet18), Tensor.uniform(shape))
            model.evaluate()
            return { withInferenceMode { consume(model(images)) } }
        },
        Benchmark("resnet18 frozen \(batch)") { frozen(ResNet(.resNet18), batch) },
    ]
}

/// The frozen model on so many images of 224 × 224.
func frozen(_ model: any Layer, _ batch: Int) -> () -> Void {
    let images = Tensor.uniform([batch, 3, 224, 224])
    let frozen = model.frozen(input: images.shape)
    return { consume(try! frozen(images)) }
}
