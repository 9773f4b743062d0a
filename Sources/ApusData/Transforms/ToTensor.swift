import Apus
import ApusCore
import ApusFormats

/// Pictures as tensors: float32 [channels, height, width], (byte / 255 − mean) / std.
public struct ToTensor: Sendable {
    /// For each channel, or one for all.
    public let mean: [Float]
    /// For each channel, or one for all.
    public let std: [Float]
    /// For each channel, or for all, the value of each byte.
    private let tables: [[Float]]

    /// Without numbers to 0...1; with ImageNet's `[0.485, 0.456, 0.406]` and `[0.229, 0.224, 0.225]` as most pretrained
    /// networks have it.
    ///
    /// - Parameters:
    ///   - mean: what becomes 0, for each channel, or one for all.
    ///   - std: the difference that becomes 1, as many, none of them 0.
    public init(mean: [Float] = [0], std: [Float] = [1]) {
        if mean.count != std.count || ![1, 3].contains(mean.count) || std.contains(0) {
            fail(
                "ToTensor",
                "means \(mean) and deviations \(std) are not one each, or one for each of three channels")
        }
        (self.mean, self.std) = (mean, std)
        tables = zip(mean, std).map { mean, std in (0...255).map { (Float($0) / 255 - mean) / std } }
    }

    /// The picture as a tensor.
    public func callAsFunction(_ image: Image) -> Tensor {
        let channels = image.format.channels
        if tables.count != 1 && tables.count != channels {
            fail("ToTensor", "means \(mean) for a picture of \(channels) channels")
        }
        let (height, width) = (image.height, image.width)
        let count = height * width
        let storage = Storage(byteCount: count * channels * MemoryLayout<Float>.size)
        let values = storage.pointer.assumingMemoryBound(to: Float.self)
        image.pixels.withUnsafeBufferPointer { pixels in
            var pixel = pixels.baseAddress!
            if channels == 1 {
                tables[0].withUnsafeBufferPointer { table in
                    let table = table.baseAddress!
                    for i in 0..<count { values[i] = table[Int(pixel[i])] }
                }
            } else {
                let all = tables.count == 1 ? tables[0] + tables[0] + tables[0] : tables.flatMap { $0 }
                all.withUnsafeBufferPointer { tables in
                    let red = tables.baseAddress!
                    let (green, blue) = (red + 256, red + 512)
                    let (greens, blues) = (values + count, values + 2 * count)
                    for i in 0..<count {
                        values[i] = red[Int(pixel[0])]
                        greens[i] = green[Int(pixel[1])]
                        blues[i] = blue[Int(pixel[2])]
                        pixel += 3
                    }
                }
            }
        }
        return Tensor(
            storage: storage, layout: Layout(contiguous: [channels, height, width]), dtype: .float32)
    }
}
