import Apus
import ApusData
import ApusFormats
import Foundation

/// The pictures of a run of `image-folder`: a folder with `train` and `val` in it, each with a folder for each class; or with
/// `train` alone, or with the folders of the classes, of which a part is kept for validation.
struct ImageFolderData {
    typealias Pictures = AnyDataset<LabeledImage, FileError>

    /// The names of the classes; their indices are the labels.
    let classes: [String]
    /// What the model learns from.
    let train: Pictures
    /// What it is judged by.
    let validation: Pictures
    /// Tells the files from others by their names and sizes.
    let digest: String
    private let folders: [ImageFolder]

    /// Looks for the files; reads none.
    ///
    /// - Parameters:
    ///   - folder: what `--data` names.
    ///   - share: of the pictures for validation, where they have no folder of their own. Which these are depends on the
    ///     pictures alone, so that runs with other seeds are judged by the same.
    /// - Throws: `TrainingError.badOption` where no folder is named; `FileError` where it has no such pictures.
    init(_ folder: String?, validation share: Double) throws {
        guard let folder else {
            throw TrainingError.badOption(
                "image-folder needs --data: a folder with train and val in it, or with a folder of pictures for each class"
            )
        }
        func part(_ name: String) -> String? {
            let path = "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
                ? path : nil
        }
        let (trainPath, validationPath) = (part("train"), part("val"))
        if let validationPath, trainPath == nil {
            throw FileError(
                path: folder, .unexpected, "expected train beside \(validationPath), found no such folder")
        }
        let all = try ImageFolder(trainPath ?? folder)
        classes = all.classNames
        if classes.count < 2 {
            throw FileError(
                path: trainPath ?? folder, .unexpected,
                "expected folders of two classes or more, found one: \(classes[0])")
        }
        if let validationPath {
            let other = try ImageFolder(validationPath)
            if other.classNames != classes {
                let difference = Set(classes).symmetricDifference(other.classNames).sorted()
                throw FileError(
                    path: validationPath, .unexpected,
                    "expected the classes of \(trainPath ?? folder); in one of the two only: "
                        + difference.prefix(5).joined(separator: ", ") + (difference.count > 5 ? ", …" : ""))
            }
            (train, validation) = (Pictures(all), Pictures(other))
            digest = "\(all.digest)-\(other.digest)"
            folders = [all, other]
        } else {
            let parts = ImageFolderData.split(all.labels, share)
            (train, validation) = (all.subset(parts.train), all.subset(parts.validation))
            digest = all.digest
            folders = [all]
            if validation.count == 0 {
                throw FileError(
                    path: trainPath ?? folder, .unexpected,
                    "expected two pictures of a class at least, one of them for validation; found one of each"
                )
            }
        }
    }

    /// Tells what is in the files from what is in others, by 256 MB of each folder at most: a second's reading.
    var contents: String {
        folders.map { $0.contentDigest(limit: 256_000_000) }.joined(separator: "-")
    }

    /// Of each class the share for validation, at least one picture where there are two; numbers in ascending order.
    static func split(_ labels: [Int], _ share: Double) -> (train: [Int], validation: [Int]) {
        var chosen = Set<Int>()
        for (label, indices) in Dictionary(grouping: labels.indices, by: { labels[$0] })
        where indices.count > 1 {
            let count = min(max(Int((Double(indices.count) * share).rounded()), 1), indices.count - 1)
            let part = AnyDataset(indices).randomSplit(counts: [count], seed: UInt64(label))[0]
            for number in 0..<part.count { chosen.insert(part.sample(number)) }
        }
        return (labels.indices.filter { !chosen.contains($0) }, chosen.sorted())
    }

    /// What a run learns from: parts of pictures, mirrored at times, and changed as `augment` says; others in each epoch.
    /// What does not fill the last batch is left out.
    ///
    /// - Throws: `TrainingError.badOption` for a batch that has one picture or more than there are.
    func batches(
        _ configuration: RunConfiguration, _ settings: ImageFolderSettings
    ) throws -> BatchSource<LabeledBatch> {
        let (options, count) = (configuration.options, train.count)
        if !(2...count ~= options.batchSize) {
            throw TrainingError.badOption(
                "--batch-size is \(options.batchSize); it must be from 2 to \(count), the pictures to learn from"
            )
        }
        let preprocessing = settings.preprocessing
        let size = preprocessing.crop
        var transforms: [any ImageTransform] = [
            RandomResizedCrop(size, scale: settings.cropScale...1, preprocessing.imageResampling),
            RandomHorizontalFlip(settings.flip),
        ]
        if let augment = try configuration.augment(width: size, height: size) { transforms.append(augment) }
        let augment = Compose(transforms)
        let samples = train.map { sample in
            var random = SampleGenerator()
            let part = augment.callAsFunction(sample.image, using: &random)
            return LabeledSample(input: preprocessing.tensor(ofPart: part), label: sample.label)
        }
        return BatchSource(
            DataLoader(
                samples, batchSize: options.batchSize, dropsLast: true, seed: options.seed,
                workers: max(1, options.threads / 2)) as DataLoader<_, SampleError>)
    }

    /// What a model is judged by: the middles of the pictures.
    func testSamples(_ folder: String, _ settings: ImageFolderSettings) -> TestSamples {
        let preprocessing = settings.preprocessing
        let samples = validation.map {
            LabeledSample(input: preprocessing.tensor($0.image), label: $0.label)
        }
        return TestSamples(
            name: folder, count: samples.count, classNames: classes,
            batches: BatchSource(
                DataLoader(samples, batchSize: 64, sampler: .sequential, prefetch: 2)
                    as DataLoader<_, SampleError>))
    }
}
