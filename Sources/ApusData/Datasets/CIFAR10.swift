import ApusCore
import ApusFormats
import Glibc

/// The CIFAR-10 data set of small colour photographs in ten classes, from its binary files in a folder.
///
/// The names are the published ones, `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, in the folder or
/// in `cifar-10-batches-bin` there.
/// Source: Krizhevsky, Learning multiple layers of features from tiny images, 2009.
public enum CIFAR10 {
    /// What the classes are, in the order of their numbers.
    public static let classNames = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]

    /// Loads the training or the test images: a batch's inputs are float32 [samples, 3, 32, 32].
    public static func load(_ split: DataSplit, from folder: String) throws(FileError) -> LabeledImages {
        let names = split == .train ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
        return try .cifar("cifar10", .ten, names, in: folder, orIn: "cifar-10-batches-bin")
    }
}

/// The CIFAR-100 data set of small colour photographs in a hundred classes, from its binary files in a folder.
///
/// The names are the published ones, `train.bin` and `test.bin`, in the folder or in `cifar-100-binary` there.
/// Source: Krizhevsky, Learning multiple layers of features from tiny images, 2009.
public enum CIFAR100 {
    /// Loads the training or the test images: a batch's inputs are float32 [samples, 3, 32, 32].
    public static func load(_ split: DataSplit, from folder: String) throws(FileError) -> LabeledImages {
        try .cifar(
            "cifar100", .hundred, [split == .train ? "train.bin" : "test.bin"], in: folder,
            orIn: "cifar-100-binary")
    }
}

extension LabeledImages {
    fileprivate static func cifar(
        _ name: String, _ variant: CIFAR.Variant, _ files: [String], in folder: String,
        orIn published: String
    ) throws(FileError) -> LabeledImages {
        let inner = "\(folder)/\(published)"
        let base = access("\(inner)/\(files[0])", F_OK) == 0 ? inner : folder
        var records: [CIFAR.Records] = []
        for file in files { records.append(try CIFAR.read("\(base)/\(file)", variant)) }
        let counts = records.map { $0.labels.count }
        let count = counts.reduce(0, +)
        let images = Storage(byteCount: count * 3 * 32 * 32)
        let labels = Storage(byteCount: count)
        var start = 0
        for (part, size) in zip(records, counts) {
            part.images.withUnsafeBytes {
                (images.pointer + start * 3 * 32 * 32)
                    .copyMemory(from: $0.baseAddress!, byteCount: $0.count)
            }
            part.labels.withUnsafeBytes {
                (labels.pointer + start).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
            }
            start += size
        }
        return LabeledImages(
            name: name, images: images, count: count, channels: 3, height: 32, width: 32, labels: labels,
            classes: variant.classes)
    }
}
