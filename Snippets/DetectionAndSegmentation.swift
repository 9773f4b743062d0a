// Every Swift block of Documentation/DetectionAndSegmentation.md stands here as a region.
import Apus
import ApusData
import ApusModels
import ApusNN

do {
    // snippet.detector
    var hornet = HorNet.Configuration(width: 32)
    hornet.depths = [1, 1, 2, 1]
    let backbone = YOLODetector(.init(classes: 20, backbone: .horNet(hornet)))

    var configuration = YOLODetector.Configuration.nano
    configuration.neck = .c3HorBlock(depth: 1, order: 3)  // HorBlocks in the place of the neck's bottlenecks
    configuration.hasGatedOutputs = true  // a gⁿConv of each map after the neck, as in HorFPN
    let neck = YOLODetector(configuration)

    neck.evaluate()
    for found in neck.detections(.zeros([1, 3, 96, 96]), confidence: 0.25) {
        print(found.label, found.box, found.score)
    }
    // snippet.end
    _ = backbone
}

do {
    // snippet.uperNet
    let head = UperHead.Configuration(width: 512, classes: 150, fusion: .gated(.depthwise(kernel: 7)))
    let network = UperNet(.init(backbone: .tiny, head: head))
    let logits = network(.zeros([2, 3, 64, 64]))  // [2, 150, 64, 64]
    // snippet.end
    _ = logits
}

do {
    // snippet.scenes
    let scenes = SyntheticScenes(seed: 1, side: 128).dataset(.train, count: 1000)
    for batch in DataLoader(scenes, batchSize: 16).epoch(0) {
        print(batch.images.shape)  // [16, 3, 128, 128], 0 to 1
        print(batch.objects.shape)  // [objects, 6]
        print(batch.masks.shape)  // [16, 128, 128]: 0 is the ground, class c is c + 1
    }
    // snippet.end
}
