import Apus
import ApusFormats

/// Gray or colour images of one size in memory, each with the number of its class.
public struct LabeledImages: Sendable {
    /// What the set is called in reports, such as `mnist`.
    public let name: String
    /// How many images there are.
    public let count: Int
    /// Samples of a pixel: 1 for gray images, 3 for red, green and blue.
    public let channels: Int
    /// Rows of each image, in pixels.
    public let height: Int
    /// Columns of each image, in pixels.
    public let width: Int
    /// How many classes there are; labels are 0..<classes.
    public let classes: Int
    /// How batches turn the bytes of each channel into float32.
    public var scalings: [PixelScaling] {
        didSet {
            if scalings.count != channels {
                fail("LabeledImages", "\(channels) channels do not have \(scalings.count) scalings")
            }
        }
    }
    /// How batches turn bytes into float32: that of the first channel, and when set of all.
    public var scaling: PixelScaling {
        get { scalings[0] }
        set { scalings = Array(repeating: newValue, count: channels) }
    }
    /// The shape of one sample in a batch, until set to one with as many elements [height × width] for gray images, and
    /// [3, height, width] for colour images.
    public var sampleShape: Shape {
        didSet {
            if sampleShape.contains(where: { $0 < 0 }) || sampleShape.checkedElementCount != sampleSize {
                fail(
                    "LabeledImages",
                    "a sample of \(channels == 1 ? "" : "\(channels) × ")\(height) × \(width) pixels cannot take "
                        + "shape \(sampleShape)")
            }
        }
    }

    let pixels: Storage
    let classNumbers: Storage

    /// Bytes of an image.
    var sampleSize: Int { channels * height * width }

    /// Takes memory that nobody writes any more: a byte a pixel and channel, channel after channel, a byte a label.
    init(
        name: String, images: Storage, count: Int, channels: Int = 1, height: Int, width: Int,
        labels: Storage, classes: Int
    ) {
        self.name = name
        self.count = count
        self.channels = channels
        scalings = Array(repeating: .unit, count: channels)
        self.height = height
        self.width = width
        self.classes = classes
        sampleShape = channels == 1 ? [height * width] : [channels, height, width]
        pixels = images
        classNumbers = labels
    }

    /// A set of copies of these images.
    ///
    /// - Parameters:
    ///   - images: uint8 [count, height, width], or [count, 3, height, width] with red, green and blue.
    ///   - labels: integers [count], each in 0..<classes.
    ///   - classes: at most 256.
    public init(name: String, images: Tensor, labels: Tensor, classes: Int) {
        if images.dtype != .uint8 || images.rank != 3 && (images.rank != 4 || images.shape[1] != 3) {
            fail(
                "LabeledImages",
                "images must be uint8 [N, H, W] or [N, 3, H, W], not \(images.dtype) \(images.shape)")
        }
        if labels.shape != [images.shape[0]] || !labels.dtype.isInteger {
            fail(
                "LabeledImages",
                "\(images.shape[0]) images need as many integer labels, not \(labels.dtype) \(labels.shape)")
        }
        let values = labels.array(of: Int.self)
        if classes > 256 || values.contains(where: { $0 < 0 || $0 >= classes }) {
            fail("LabeledImages", "labels must be in 0..<\(classes), and classes at most 256")
        }
        self.init(
            name: name, images: images.withUnsafeBytes(Storage.init(copying:)), count: images.shape[0],
            channels: images.rank == 3 ? 1 : 3, height: images.shape[images.rank - 2],
            width: images.shape[images.rank - 1],
            labels: values.map { UInt8($0) }.withUnsafeBytes(Storage.init(copying:)), classes: classes)
    }

    /// All images: uint8 [count, height, width], of colour images [count, 3, height, width]; without a copy.
    public var images: Tensor {
        let shape = channels == 1 ? [count, height, width] : [count, channels, height, width]
        return Tensor(storage: pixels, layout: Layout(contiguous: shape), dtype: .uint8)
    }

    /// All labels: uint8 [count], without a copy.
    public var labels: Tensor {
        Tensor(storage: classNumbers, layout: Layout(contiguous: [count]), dtype: .uint8)
    }

    /// The first `count` samples, or all if there are fewer; without a copy.
    public func prefix(_ count: Int) -> LabeledImages {
        var part = LabeledImages(
            name: name, images: pixels, count: max(0, min(count, self.count)), channels: channels,
            height: height, width: width, labels: classNumbers, classes: classes)
        part.scalings = scalings
        part.sampleShape = sampleShape
        return part
    }

    /// The images as pictures with their labels, for transforms.
    public var pictures: AnyDataset<LabeledImage, Never> {
        AnyDataset(count: count) { .success(LabeledImage(image: image($0), label: label($0))) }
    }

    private func label(_ index: Int) -> Int {
        Int(classNumbers.pointer.load(fromByteOffset: index, as: UInt8.self))
    }

    /// One image, with the channels of a pixel side by side.
    private func image(_ index: Int) -> Image {
        if index < 0 || index >= count { fail("pictures", "index \(index) is not in 0..<\(count)") }
        let area = height * width
        let planes = pixels.pointer.assumingMemoryBound(to: UInt8.self) + index * sampleSize
        let samples = [UInt8](unsafeUninitializedCapacity: sampleSize) { out, written in
            for channel in 0..<channels {
                for i in 0..<area { out[i * channels + channel] = planes[channel * area + i] }
            }
            written = sampleSize
        }
        return Image(
            width: width, height: height, format: channels == 1 ? .gray : .rgb, pixels: samples)
    }
}

extension LabeledImages: LabeledDataset {
    /// Inputs are float32 [samples] + sampleShape.
    public func batch(_ indices: ArraySlice<Int>) -> LabeledBatch {
        let size = sampleSize
        let area = height * width
        let inputs = Storage(byteCount: indices.count * size * MemoryLayout<Float>.size)
        let labels = Storage(byteCount: indices.count * MemoryLayout<Int64>.size)
        let bytes = UnsafePointer(pixels.pointer.assumingMemoryBound(to: UInt8.self))
        let classes = classNumbers.pointer.assumingMemoryBound(to: UInt8.self)
        let values = inputs.pointer.assumingMemoryBound(to: Float.self)
        let numbers = labels.pointer.assumingMemoryBound(to: Int64.self)
        var row = 0
        for index in indices {
            if index < 0 || index >= count { fail("batch", "index \(index) is not in 0..<\(count)") }
            for (channel, scaling) in scalings.enumerated() {
                scaling.convert(
                    bytes + index * size + channel * area, to: values + row * size + channel * area,
                    count: area)
            }
            numbers[row] = Int64(classes[index])
            row += 1
        }
        return LabeledBatch(
            inputs: Tensor(storage: inputs, layout: Layout(contiguous: [row] + sampleShape), dtype: .float32),
            labels: Tensor(storage: labels, layout: Layout(contiguous: [row]), dtype: .int64))
    }
}

extension Storage {
    /// Memory of its own with these bytes.
    convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(byteCount: bytes.count)
        if let start = bytes.baseAddress { pointer.copyMemory(from: start, byteCount: bytes.count) }
    }
}
