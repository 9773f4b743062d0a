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
        Benchmark("resnet18 frozen \(batch)") {
            let (model, images) = (ResNet(.resNet18).frozen(input: shape), Tensor.uniform(shape))
            return { consume(try! model(images)) }
        },
    ]
}
