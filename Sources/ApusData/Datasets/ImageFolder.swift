import Apus
import ApusFormats
import Glibc

/// A picture and the number of its class.
public struct LabeledImage: Sendable, Equatable {
    /// The picture.
    public var image: Image
    /// The number of its class.
    public var label: Int

    /// - Parameters:
    ///   - image: the picture.
    ///   - label: the number of its class.
    public init(image: Image, label: Int) {
        self.image = image
        self.label = label
    }
}

extension Dataset where Sample == LabeledImage {
    /// The pictures after `transform`, as tensors with their labels. What it draws is other in each epoch.
    ///
    /// ```swift
    /// animals.transformed(
    ///     Compose(RandomResizedCrop(224), RandomHorizontalFlip()), ToTensor(mean: [0.5], std: [0.25]))
    /// ```
    public func transformed(
        _ transform: some ImageTransform, _ toTensor: ToTensor = ToTensor()
    ) -> AnyDataset<LabeledSample, Failure> {
        map { sample in
            var random = SampleGenerator()
            let image = transform.callAsFunction(sample.image, using: &random)
            return LabeledSample(input: toTensor(image), label: sample.label)
        }
    }

    /// The pictures as a model takes them, with their labels.
    public func transformed(
        _ transform: @escaping @Sendable (Image) -> Tensor
    ) -> AnyDataset<LabeledSample, Failure> {
        map { LabeledSample(input: transform($0.image), label: $0.label) }
    }

    /// The same with a function that can fail.
    @_disfavoredOverload
    public func transformed(
        _ transform: @escaping @Sendable (Image) throws -> Tensor
    ) -> AnyDataset<LabeledSample, any Error> {
        map { sample throws in LabeledSample(input: try transform(sample.image), label: sample.label) }
    }
}

/// Pictures in folders, one folder a class: `root/class/file`.
///
/// Files are read and decoded when a sample is asked for, in the loader's threads.
///
/// ```swift
/// let animals = try ImageFolder("animals")
/// let loader = DataLoader(animals.transformed { prepare($0) }, batchSize: 32, workers: 2)
/// ```
public struct ImageFolder: Dataset {
    /// What the names of files that are pictures end in, in large or small letters. Others are passed over.
    public static let extensions: Set = [
        "jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp",
    ]

    /// The names of the classes, sorted by their bytes; their indices are the labels.
    public let classNames: [String]
    /// The files, sorted by class and name.
    public let paths: [String]
    /// The class of each file.
    public let labels: [Int]
    /// What pictures become; nil leaves them as their files have them.
    public let format: Image.Format?

    /// Looks for the files; reads none.
    ///
    /// - Parameters:
    ///   - root: the folder with a folder for each class. What its names begin with a dot is passed over.
    ///   - format: what pictures become; nil leaves them as their files have them.
    /// - Throws: `FileError`, where there is no class, or one without pictures.
    public init(_ root: String, as format: Image.Format? = .rgb) throws(FileError) {
        let base = root.hasSuffix("/") ? String(root.dropLast()) : root
        var (names, paths, labels): ([String], [String], [Int]) = ([], [], [])
        for name in try entries(of: root) where isFolder("\(base)/\(name)") {
            let folder = "\(base)/\(name)"
            let files = try entries(of: folder).filter { file in
                guard let dot = file.lastIndex(of: ".") else { return false }
                return Self.extensions.contains(file[file.index(after: dot)...].lowercased())
                    && !isFolder("\(folder)/\(file)")
            }
            if files.isEmpty {
                throw FileError(
                    path: folder, .unexpected,
                    "expected pictures (\(Self.extensions.sorted().joined(separator: ", "))), found none")
            }
            paths += files.map { "\(folder)/\($0)" }
            labels += repeatElement(names.count, count: files.count)
            names.append(name)
        }
        if names.isEmpty {
            throw FileError(path: root, .unexpected, "expected a folder for each class, found none")
        }
        (classNames, self.paths, self.labels, self.format) = (names, paths, labels, format)
    }

    /// How many pictures there are.
    public var count: Int { paths.count }

    /// The picture with this number, decoded.
    public func sample(_ index: Int) throws(FileError) -> LabeledImage {
        LabeledImage(image: try decode(paths[index]), label: labels[index])
    }

    /// The picture's file.
    public func source(of index: Int) -> String? { paths[index] }

    private func decode(_ path: String) throws(FileError) -> Image { try Image.read(path, as: format) }
}

/// The names in a folder but hidden ones, sorted by their bytes.
private func entries(of folder: String) throws(FileError) -> [String] {
    guard let stream = opendir(folder) else {
        if errno == ENOENT {
            throw FileError(path: folder, .missing, "no such file; expected a folder of pictures")
        }
        throw FileError(path: folder, action: "open the folder")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
