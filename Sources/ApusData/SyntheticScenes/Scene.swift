import Apus
import ApusFormats

/// A picture, what is in it, and of which class each pixel is.
public struct Scene: Sendable, Equatable {
    /// One thing that can be seen.
    public struct Object: Sendable, Equatable {
        /// What it is.
        public let shape: SceneShape
        /// The smallest x of the pixels of it that can be seen.
        public let left: Int
        /// The smallest y.
        public let top: Int
        /// One more than the largest x.
        public let right: Int
        /// One more than the largest y.
        public let bottom: Int
    }

    /// Red, green and blue.
    public let image: Image
    /// In the order in which they were drawn: later ones are in front.
    public let objects: [Object]
    /// [height, width]: 0 is the ground, and the others are one more than the number of their class.
    public let mask: [UInt8]
}

extension Scene: Collatable {
    /// Scenes of one size together.
    public static func collate(_ samples: [Scene]) throws(CollationError) -> SceneBatch {
        let (width, height) = (samples[0].image.width, samples[0].image.height)
        for (position, sample) in samples.enumerated()
        where sample.image.width != width || sample.image.height != height {
            throw CollationError(
                position: position,
                "it is \(sample.image.width)×\(sample.image.height), and the first of its batch "
                    + "\(width)×\(height)"
            )
        }
        let images = try Tensor.collate(samples.map { ToTensor()($0.image) })
        let rows = samples.enumerated().flatMap { number, scene in
            scene.objects.flatMap { object in
                [number, object.shape.rawValue, object.left, object.top, object.right, object.bottom].map(
                    Float.init)
            }
        }
        let classes = samples.flatMap { $0.mask.map(Int64.init) }
        return SceneBatch(
            images: images, objects: Tensor(rows, shape: [rows.count / 6, 6]),
            masks: Tensor(classes, shape: [samples.count, height, width]))
    }
}

/// Several scenes.
public struct SceneBatch: Batch {
    /// float32 [samples, 3, height, width], 0 to 1.
    public let images: Tensor
    /// float32 [objects, 6]: the number of the scene in the batch, class, left, top, right, bottom.
    public let objects: Tensor
    /// int64 [samples, height, width]: the class of each pixel, where 0 is the ground.
    public let masks: Tensor

    /// How many scenes there are.
    public var sampleCount: Int { images.shape[0] }
}
