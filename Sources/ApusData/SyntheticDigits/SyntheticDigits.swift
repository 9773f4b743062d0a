import Apus
import ApusCore

/// Handwritten-looking digits made by drawing, for machines without a data set: 28 × 28, white on black.
///
/// Each digit has three or four ways of writing; its points are shaken, its strokes drawn with a pen of
/// varying width after a random affine map, and grain and stray marks added. Image `i` of a set depends on
/// the seed, the set and `i` alone: the same seed gives the same bytes on any machine and thread count.
public struct SyntheticDigits: Sendable {
    /// What all images depend on, besides their numbers.
    public let seed: UInt64

    /// - Parameter seed: another gives other images, of the same kind.
    public init(seed: UInt64 = 0) { self.seed = seed }

    /// One of the two sets, which are disjoint.
    ///
    /// - Parameters:
    ///   - split: training or test images.
    ///   - count: how many; 20,000 and 4,000 if nil. A smaller set is the beginning of a larger one.
    public func dataset(_ split: DataSplit, count: Int? = nil) -> LabeledImages {
        let count = count ?? (split == .train ? 20_000 : 4_000)
        if count < 0 { fail("SyntheticDigits", "a set cannot have \(count) images") }
        let (images, labels) = draw(count, of: split)
        return LabeledImages(
            name: "synthetic-digits", images: images, count: count, height: DigitRenderer.side,
            width: DigitRenderer.side, labels: labels, classes: 10)
    }

    /// The class of image `index`, 0 to 9: each as likely.
    public func label(_ index: Int, of split: DataSplit) -> UInt8 {
        var random = generator(index, split)
        return UInt8(random.below(10))
    }

    /// The pixels of one image, 784 bytes in rows.
    public func pixels(_ index: Int, of split: DataSplit) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: DigitRenderer.pixelCount) { buffer, count in
            var renderer = DigitRenderer()
            _ = draw(index, split, &renderer, into: buffer.baseAddress!)
            count = DigitRenderer.pixelCount
        }
    }

    /// Draws images 0..<count on all threads: 784 bytes an image, and a byte a label.
    func draw(_ count: Int, of split: DataSplit) -> (images: Storage, labels: Storage) {
        let images = Storage(byteCount: count * DigitRenderer.pixelCount)
        let labels = Storage(byteCount: count)
        let chunk = 128
        Threads.each((count + chunk - 1) / chunk, cost: chunk * DigitRenderer.pixelCount) { index in
            var renderer = DigitRenderer()
            let pixels = images.pointer.assumingMemoryBound(to: UInt8.self)
            let classes = labels.pointer.assumingMemoryBound(to: UInt8.self)
            for i in index * chunk..<min(count, (index + 1) * chunk) {
                classes[i] = draw(i, split, &renderer, into: pixels + i * DigitRenderer.pixelCount)
            }
        }
        return (images, labels)
    }

    private func generator(_ index: Int, _ split: DataSplit) -> CounterGenerator {
        CounterGenerator(seed: seed, stream: split.stream, index: UInt64(index))
    }

    private func draw(
        _ index: Int, _ split: DataSplit, _ renderer: inout DigitRenderer,
        into pixels: UnsafeMutablePointer<UInt8>
    ) -> UInt8 {
        var random = generator(index, split)
        let label = random.below(10)
        renderer.draw(label, random: &random, into: pixels)
        return UInt8(label)
    }
}
