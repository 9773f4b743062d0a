import Apus
import ApusCore

/// Scenes made by drawing, for detectors and for what tells the class of each pixel: one to six shapes of
/// random size, place and color, a little turned, which may cover each other in part, on a textured ground,
/// with noise.
///
/// Scene `i` of a set depends on the seed, the side, the set and `i` alone: the same bytes on any machine.
public struct SyntheticScenes: Sendable {
    /// What all scenes depend on, besides their numbers.
    public let seed: UInt64
    /// Width and height in pixels.
    public let side: Int

    /// - Parameters:
    ///   - seed: another gives other scenes, of the same kind.
    ///   - side: width and height in pixels, from 48 to 1024.
    public init(seed: UInt64 = 0, side: Int = 96) {
        if !(48...1024).contains(side) {
            fail("SyntheticScenes", "a side of \(side) pixels; it must be from 48 to 1024")
        }
        self.seed = seed
        self.side = side
    }

    /// One of the two sets, which are disjoint; each scene is drawn when it is asked for.
    ///
    /// - Parameters:
    ///   - split: scenes to learn from, or to be judged by.
    ///   - count: how many. A smaller set is the beginning of a larger one.
    public func dataset(_ split: DataSplit, count: Int) -> AnyDataset<Scene, Never> {
        if count < 0 { fail("SyntheticScenes", "a set cannot have \(count) scenes") }
        return AnyDataset(count: count) { .success(scene($0, of: split)) }
    }

    /// The scene with this number.
    public func scene(_ index: Int, of split: DataSplit) -> Scene {
        let random = CounterGenerator(seed: seed, stream: split.stream + 32, index: UInt64(index))
        var renderer = SceneRenderer(side: side, random: random)
        return renderer.draw()
    }
}
