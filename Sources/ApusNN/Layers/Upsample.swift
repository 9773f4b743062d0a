import Apus

/// Samples images [batch, channels, spatial axes…] anew on a grid of another size.
public class Upsample: Module, Layer {
    /// The new grid: its extents, or their ratios to the old ones.
    public enum Target: Sendable {
        case size(Extents)
        case scales([Double])
    }

    public let target: Target
    public let mode: Interpolation
    public let alignCorners: Bool

    public init(size: Extents, mode: Interpolation = .nearest, alignCorners: Bool = false) {
        target = .size(size)
        self.mode = mode
        self.alignCorners = alignCorners
    }

    public init(scale: Double, mode: Interpolation = .nearest, alignCorners: Bool = false) {
        target = .scales([scale])
        self.mode = mode
        self.alignCorners = alignCorners
    }

    public init(scales: [Double], mode: Interpolation = .nearest, alignCorners: Bool = false) {
        target = .scales(scales)
        self.mode = mode
        self.alignCorners = alignCorners
    }

    public final func callAsFunction(_ x: Tensor) -> Tensor {
        switch target {
        case .size(let size): x.interpolate(size: size, mode: mode, alignCorners: alignCorners)
        case .scales(let scales): x.interpolate(scales: scales, mode: mode, alignCorners: alignCorners)
        }
    }
}

/// Repeats the nearest position of planes [batch, channels, height, width].
public final class UpsamplingNearest2d: Upsample {
    public init(size: Extents) { super.init(size: size, mode: .nearest, alignCorners: false) }
    public init(scale: Double) { super.init(scale: scale, mode: .nearest, alignCorners: false) }
}

/// Bilinear interpolation of planes [batch, channels, height, width] whose corners stay.
public final class UpsamplingBilinear2d: Upsample {
    public init(size: Extents) { super.init(size: size, mode: .bilinear, alignCorners: true) }
    public init(scale: Double) { super.init(scale: scale, mode: .bilinear, alignCorners: true) }
}
