import ApusFormats
import Glibc

/// The MNIST data set of handwritten digits, from its four IDX files in a directory.
///
/// The names are the published ones, `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same with
/// `t10k`, with or without `.gz`, or with a dot before `idx`. Sets in the same form, such as
/// Fashion-MNIST, load too.
/// Source: LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist/
public enum MNIST {
    static let side = 28
    static let classes = 10

    /// Loads the training or the test images, and checks everything about them: as many images as labels,
    /// 28 × 28 pixels, labels from 0 to 9.
    public static func load(_ split: DataSplit, from directory: String) throws(FileError) -> LabeledImages {
        let imagePath = try path(split, "images-idx3-ubyte", in: directory)
        let labelPath = try path(split, "labels-idx1-ubyte", in: directory)
        let labels = try IDX.readLabels(labelPath, classes: classes)
        let images = try IDX.readImages(imagePath)
        guard images.shape[1...] == [side, side] else {
            throw FileError(
                path: imagePath, .unexpected,
                "expected images of 28 × 28 pixels, found the shape \(images.shape)")
        }
        guard images.shape[0] == labels.count else {
            throw FileError(
                path: imagePath, .unexpected,
                "expected as many images as \(labelPath) has labels (\(labels.count)), "
                    + "found \(images.shape[0])")
        }
        guard labels.count > 0 else {
            throw FileError(
                path: imagePath, .unexpected,
                "expected at least one image, found the shape \(images.shape)")
        }
        return LabeledImages(
            name: "mnist", images: images.storage, count: labels.count, height: side, width: side,
            labels: labels.storage, classes: classes)
    }

    /// Whether the directory has all four files, whatever is in them.
    public static func isPresent(in directory: String) -> Bool {
        DataSplit.allCases.allSatisfy { split in
            ["images-idx3-ubyte", "labels-idx1-ubyte"].allSatisfy {
                (try? path(split, $0, in: directory)) != nil
            }
        }
    }

    /// The file of this name in one of its spellings.
    private static func path(
        _ split: DataSplit, _ name: String, in directory: String
    ) throws(FileError) -> String {
        var status = stat()
        guard stat(directory, &status) == 0 else {
            if errno == ENOENT {
                throw FileError(
                    path: directory, .missing, "no such file; expected a directory with MNIST's files")
            }
            throw FileError(path: directory, action: "open")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FileError(
                path: directory, .otherFormat, "expected a directory with MNIST's files, found a file")
        }
        let base = directory.hasSuffix("/") ? directory : directory + "/"
        let stem = split == .train ? "train-" : "t10k-"
        let published = base + stem + name
        let dotted = base + stem + name.replacing("-idx", with: ".idx")
        // Unpacking tools make directories of these names with the file inside: only files count.
        for candidate in [published, published + ".gz", dotted, dotted + ".gz"] {
            if stat(candidate, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR { return candidate }
        }
        throw FileError(
            path: published, .missing,
            "no such file; expected it, or the same with .gz or with .idx for -idx")
    }
}
