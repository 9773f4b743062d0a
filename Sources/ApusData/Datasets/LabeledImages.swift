import Apus

/// Gray images of one size in memory, each with the number of its class.
public struct LabeledImages: Sendable {
    /// What the set is called in reports, such as `mnist`.
    public let name: String
    /// How many images there are.
    public let count: Int
    /// Rows of each image, in pixels.
    public let height: Int
    /// Columns of each image, in pixels.
    public let width: Int
    /// How many classes there are; labels are 0..<classes.
    public let classes: Int
    /// How batches turn bytes into float32.
    public var scaling = PixelScaling.unit
    /// The shape of one sample in a batch: [height × width] until set to one with as many elements, such as
    /// [1, height, width] for convolutions.
    public var sampleShape: Shape {
        didSet {
            if sampleShape.contains(where: { $0 < 0 }) || sampleShape.checkedElementCount != height * width {
                fail(
                    "LabeledImages",
                    "a sample of \(height) × \(width) pixels cannot take shape \(sampleShape)")
            }
        }
    }

    let pixels: Storage
    let classNumbers: Storage

    /// Takes memory that nobody writes any more: a byte a pixel, a byte a label.
    init(
        name: String, images: Storage, count: Int, height: Int, width: Int, labels: Storage, classes: Int
    ) {
        self.name = name
        self.count = count
        self.height = height
        self.width = width
        self.classes = classes
        sampleShape = [height * width]
        pixels = images
        classNumbers = labels
    }

    /// A set of copies of these images.
    ///
    /// - Parameters:
    ///   - images: uint8 [count, height, width].
    ///   - labels: integers [count], each in 0..<classes.
    ///   - classes: at most 256.
    public init(name: String, images: Tensor, labels: Tensor, classes: Int) {
        if images.rank != 3 || images.dtype != .uint8 {
            fail("LabeledImages", "images must be uint8 [N, H, W], not \(images.dtype) \(images.shape)")
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
            height: images.shape[1], width: images.shape[2],
            labels: values.map { UInt8($0) }.withUnsafeBytes(Storage.init(copying:)), classes: classes)
    }

    /// All images: uint8 [count, height, width], without a copy.
    public var images: Tensor {
        Tensor(storage: pixels, layout: Layout(contiguous: [count, height, width]), dtype: .uint8)
    }

    /// All labels: uint8 [count], without a copy.
    public var labels: Tensor {
        Tensor(storage: classNumbers, layout: Layout(contiguous: [count]), dtype: .uint8)
    }

    /// The first `count` samples, or all if there are fewer; without a copy.
    public func prefix(_ count: Int) -> LabeledImages {
        var part = LabeledImages(
            name: name, images: pixels, count: max(0, min(count, self.count)), height: height, width: width,
            labels: classNumbers, classes: classes)
        part.scaling = scaling
        part.sampleShape = sampleShape
        return part
    }
}

extension LabeledImages: LabeledDataset {
    /// Inputs are float32 [samples] + sampleShape.
    public func batch(_ indices: ArraySlice<Int>) -> LabeledBatch {
        let size = height * width
        let inputs = Storage(byteCount: indices.count * size * MemoryLayout<Float>.size)
        let labels = Storage(byteCount: indices.count * MemoryLayout<Int64>.size)
        let bytes = UnsafePointer(pixels.pointer.assumingMemoryBound(to: UInt8.self))
        let classes = classNumbers.pointer.assumingMemoryBound(to: UInt8.self)
        let values = inputs.pointer.assumingMemoryBound(to: Float.self)
        let numbers = labels.pointer.assumingMemoryBound(to: Int64.self)
        var row = 0
        for index in indices {
            if index < 0 || index >= count { fail("batch", "index \(index) is not in 0..<\(count)") }
            scaling.convert(bytes + index * size, to: values + row * size, count: size)
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
