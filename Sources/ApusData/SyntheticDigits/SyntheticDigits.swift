import ApusCore
import Dispatch

/// Handwritten-looking digits made by drawing, for machines without a data set: 28 × 28, white on black.
///
/// Each digit has three or four ways of writing; its points are shaken, its strokes drawn with a pen of
/// varying width after a random affine map, and grain and stray marks added. Image `i` of a set depends on
/// the seed, the set and `i` alone: the same seed gives the same bytes on any machine and thread count.
public struct SyntheticDigits: Sendable {
    /// Which of the two disjoint sets.
    public enum Split: UInt64, Sendable {
        case train = 1
        case test = 2

        /// How many images a set has unless a call says otherwise.
        public var defaultCount: Int { self == .train ? 20_000 : 4_000 }
    }

    public let seed: UInt64

    public init(seed: UInt64 = 0) { self.seed = seed }

    /// The class of image `index`, 0 to 9: each as likely.
    public func label(_ index: Int, of split: Split) -> UInt8 {
        var random = generator(index, split)
        return UInt8(random.below(10))
    }

    /// The pixels of one image, 784 bytes in rows.
    public func pixels(_ index: Int, of split: Split) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: DigitRenderer.pixelCount) { buffer, count in
            var renderer = DigitRenderer()
            _ = draw(index, split, &renderer, into: buffer.baseAddress!)
            count = DigitRenderer.pixelCount
        }
    }

    /// Draws images 0..<count on all processors: 784 bytes an image, and a byte a label.
    func draw(_ count: Int, of split: Split) -> (images: Storage, labels: Storage) {
        let images = Storage(byteCount: count * DigitRenderer.pixelCount)
        let labels = Storage(byteCount: count)
        let chunk = 128
        DispatchQueue.concurrentPerform(iterations: (count + chunk - 1) / chunk) { index in
            var renderer = DigitRenderer()
            let pixels = images.pointer.assumingMemoryBound(to: UInt8.self)
            let classes = labels.pointer.assumingMemoryBound(to: UInt8.self)
            for i in index * chunk..<min(count, (index + 1) * chunk) {
                classes[i] = draw(i, split, &renderer, into: pixels + i * DigitRenderer.pixelCount)
            }
        }
        return (images, labels)
    }

    private func generator(_ index: Int, _ split: Split) -> CounterGenerator {
        CounterGenerator(seed: seed, stream: split.rawValue, index: UInt64(index))
    }

    private func draw(
        _ index: Int, _ split: Split, _ renderer: inout DigitRenderer,
        into pixels: UnsafeMutablePointer<UInt8>
    ) -> UInt8 {
        var random = generator(index, split)
        let label = random.below(10)
        renderer.draw(label, random: &random, into: pixels)
        return UInt8(label)
    }
}
