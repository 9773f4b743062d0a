// Pictures varied at random, as tensors, and mixed in batches.

import Apus
import ApusData
import ApusFormats
import ApusNN

// snippet.transforms
let augment = Compose(
    RandomResizedCrop(64, scale: 0.5...1), RandomHorizontalFlip(),
    RandomApply(0.8, ColorJitter(brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.05)))
let plain = Compose(Resize(72), CenterCrop(64))
let toTensor = ToTensor(mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])

let parts = try ImageFolder("animals").randomSplit(fractions: [0.8, 0.2])
let train = parts[0].transformed(augment, toTensor)
let test = parts[1].transformed(plain, toTensor)
// snippet.end

// snippet.policies
let policy = Compose(RandomResizedCrop(64), RandAugment(operations: 2, magnitude: 9), RandomHorizontalFlip())
let trivial = Compose(RandomResizedCrop(64), TrivialAugmentWide())
let own = Compose(Resize(64), RandomApply(0.1) { $0.gray.rgb })
// snippet.end

// snippet.image
var random = SampleGenerator(RandomGenerator(seed: 1))
let picture = try Image.read("cat.jpg", as: .rgb)
let small = Resize(width: 224, height: 224, .bicubic)(picture)
let turned = RandomRotation(-10...10, .bilinear)(small, using: &random)
let bright = turned.brightness(1.2).rotated(degrees: 90)
try PNG.write(bright, to: "cat.png")
// snippet.end

// snippet.mixing
let model = Sequential(Flatten(), Linear(3 * 64 * 64, 10))
let loader = DataLoader(train, batchSize: 32, workers: 4)
let epoch = loader.epoch(0)
while let batch = try epoch.next() {
    let mixed = CutMix(alpha: 1)(
        batch.inputs, targets: batch.labels.oneHot(classes: 10, dtype: .float32), using: &random)
    let loss = model(mixed.inputs).softmaxCrossEntropy(mixed.targets)
    loss.backward()
}
// snippet.end
print(test.count, policy.transforms.count, trivial.transforms.count, own.transforms.count)
