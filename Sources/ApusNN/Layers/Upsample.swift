import Apus

/// Samples images [batch, channels, spatial axes…] anew on a grid of another size.
public class Upsample: Module, Layer {
    /// The new grid: its extents, or their ratios to the old ones.
    public enum Target: Sendable {
        case size(Extents)
        case scales([Double])
    }

    /// What of complex numbers is interpolated.
    public enum Form: Sendable {
        /// The real and the imaginary part.
        case parts
        /// The modulus and the angle; see `Tensor.interpolatePolar`.
        case polar
    }

    public let target: Target
    public let mode: Interpolation
    public let alignCorners: Bool
    public let form: Form

    public init(
        size: Extents, mode: Interpolation = .nearest, alignCorners: Bool = false, form: Form = .parts
    ) {
        target = .size(size)
        self.mode = mode
        self.alignCorners = alignCorners
        self.form = form
    }

    public init(
        scale: Double, mode: Interpolation = .nearest, alignCorners: Bool = false, form: Form = .parts
    ) {
        target = .scales([scale])
        self.mode = mode
        self.alignCorners = alignCorners
        self.form = form
    }

    public init(
        scales: [Double], mode: Interpolation = .nearest, alignCorners: Bool = false, form: Form = .parts
    ) {
        target = .scales(scales)
        self.mode = mode
        self.alignCorners = alignCorners
        self.form = form
    }

    public final func callAsFunction(_ x: Tensor) -> Tensor {
        switch (target, form) {
        case (.size(let size), .parts): x.interpolate(size: size, mode: mode, alignCorners: alignCorners)
        case (.size(let size), .polar): x.interpolatePolar(size: size, mode: mode, alignCorners: alignCorners)
        case (.scales(let scales), .parts):
            x.interpolate(scales: scales, mode: mode, alignCorners: alignCorners)
        case (.scales(let scales), .polar):
            x.interpolatePolar(scales: scales, mode: mode, alignCorners: alignCorners)
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
