// What Documentation/PretrainedWeights.md shows.

// snippet.classifier
import ApusFormats
import ApusModels
import ApusTraining

let labels = try ImageClassifier.labels(in: "imagenet.txt")
let classifier = try ImageClassifier("resnet50", weights: "resnet50.pth", labels: labels)
for guess in try classifier([Image.read("cat.jpg")])[0] {
    print(guess.label!, guess.probability)
}
// snippet.end

// snippet.model
let pretrained = try NamedModel.named("hornet_tiny_gf").model(weights: "hornet_tiny_gf.pth")
let forTenClasses = try NamedModel.named("resnet50").model(weights: "resnet50.pth", classes: 10)
// snippet.end

// snippet.preprocessing
let vit = try ImageClassifier(
    "vit_b_16", weights: "vit_base_patch16_224.safetensors",
    preprocessing: ImagePreprocessing(
        resize: 248, crop: 224, .bicubic, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5]))
// snippet.end

// snippet.faces
let detector = try MTCNN(weights: "facenet_pytorch/data")
for face in detector.faces(in: try Image.read("people.jpg")) {
    print(face.box, face.probability, face.points)
}
// snippet.end
