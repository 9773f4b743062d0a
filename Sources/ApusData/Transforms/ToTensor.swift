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
            for channel in 0..<channels {
                let to = values + channel * count
                tables[tables.count == 1 ? 0 : channel].withUnsafeBufferPointer { table in
                    let (table, pixels) = (table.baseAddress!, pixels.baseAddress! + channel)
                    if channels == 3 {
                        for i in 0..<count { to[i] = table[Int(pixels[3 * i])] }
                    } else {
                        for i in 0..<count { to[i] = table[Int(pixels[i])] }
                    }
                }
            }
        }
        return Tensor(
            storage: storage, layout: Layout(contiguous: [channels, height, width]), dtype: .float32)
    }
}
