import Apus
import ApusFormats
import Testing
import _ApusTestSupport

@testable import ApusData

@Suite struct MNISTTests {
    let scratch = TemporaryFolder()

    private func write(
        _ images: String, _ labels: String, count: Int = 3, side: Int = 28, numbers: [UInt8] = [7, 0, 9]
    ) {
        let pixels = (0..<count * side * side).map { UInt8(truncatingIfNeeded: $0) }
        let imageFile = idx(8, [count, side, side], pixels)
        let labelFile = idx(8, [numbers.count], numbers)
        scratch.write(images, images.hasSuffix("gz") ? deflated(imageFile) : imageFile)
        scratch.write(labels, labels.hasSuffix("gz") ? deflated(labelFile) : labelFile)
    }

    private func error(_ split: DataSplit) -> FileError? {
        do {
            _ = try MNIST.load(split, from: scratch.path)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["-idx", ".idx"], ["", ".gz"])
    func findsEverySpelling(mark: String, suffix: String) throws {
        #expect(!MNIST.isPresent(in: scratch.path))
        for split in ["train", "t10k"] {
            write("\(split)-images\(mark)3-ubyte\(suffix)", "\(split)-labels\(mark)1-ubyte\(suffix)")
        }
        #expect(MNIST.isPresent(in: scratch.path))
        for split in DataSplit.allCases {
            let set = try MNIST.load(split, from: scratch.path + "/")
            #expect(set.images.shape == [3, 28, 28])
            #expect(set.labels.array(of: Int.self) == [7, 0, 9])
            #expect(set.images.array(of: Int.self)[1000] == 1000 % 256)
        }
    }

    @Test func checksThatFilesBelongTogether() {
        let images = "\(scratch.path)/train-images-idx3-ubyte"
        let labels = "\(scratch.path)/train-labels-idx1-ubyte"
        func write(count: Int = 3, side: Int = 28, numbers: [UInt8] = [7, 0, 9]) {
            self.write(
                "train-images-idx3-ubyte", "train-labels-idx1-ubyte", count: count, side: side,
                numbers: numbers)
        }
        write(count: 2)
        #expect(
            error(.train)
                == FileError(
                    path: images, .unexpected,
                    "expected as many images as \(labels) has labels (3), found 2"))
        write(side: 27)
        #expect(
            error(.train)
                == FileError(
                    path: images, .unexpected,
                    "expected images of 28 × 28 pixels, found the shape [3, 27, 27]"))
        write(numbers: [1, 2, 10])
        #expect(
            error(.train)
                == FileError(
                    path: labels, .unexpected, "expected labels from 0 to 9, found 10 at index 2"))
        write(count: 0, numbers: [])
        #expect(error(.train)?.description.contains("at least one image") == true)
        self.write("train-labels-idx1-ubyte", "train-images-idx3-ubyte")
        #expect(
            error(.train)
                == FileError(
                    path: labels, .unexpected,
                    "expected labels (1 axis, magic 0801), found images (3 axes, magic 0803)"))
    }

    @Test func namesWhatIsMissing() {
        #expect(
            error(.test)?.description.hasPrefix("\(scratch.path)/t10k-images-idx3-ubyte: no such") == true)
        let missing = "no such file; expected a directory with MNIST's files"
        #expect(throws: FileError(path: "/nowhere", .missing, missing)) {
            try MNIST.load(.test, from: "/nowhere")
        }
        let file = scratch.write("file", [])
        let reason = "expected a directory with MNIST's files, found a file"
        #expect(throws: FileError(path: file, .otherFormat, reason)) {
            try MNIST.load(.test, from: file)
        }
    }

    @Test(.enabled(if: realMNIST != nil, "the real MNIST is not beside the package"))
    func readsTheRealSet() throws {
        let train = try MNIST.load(.train, from: realMNIST!)
        let test = try MNIST.load(.test, from: realMNIST!)
        #expect(train.count == 60_000 && test.count == 10_000)
        #expect(train.labels.array(of: UInt8.self).prefix(8) == [5, 0, 4, 1, 9, 2, 1, 3])
        #expect(test.labels.array(of: UInt8.self).prefix(8) == [7, 2, 1, 0, 4, 1, 4, 9])
        // The published mean of the training pixels.
        let sum = train.images.withUnsafeBytes { $0.reduce(0) { $0 + Int($1) } }
        let mean = Double(sum) / Double(60_000 * 784 * 255)
        #expect(abs(mean - 0.1307) < 5e-5)
    }
}
