import Apus

/// Samples images [batch, channels, spatial axes…] anew on a grid of another size.
public class Upsample: Module, Layer {
    /// The new grid: its extents, or their ratios to the old ones.
    public enum Target: Sendable {
        /// The new spatial extents.
        case size(Extents)
        /// What the spatial extents are multiplied with: one number for all axes, or one for each.
        case scales([Double])
    }

    /// What is interpolated of complex numbers.
    public enum Form: Sendable {
        /// The real and the imaginary part.
        case parts
        /// The modulus and the angle; see `Tensor.interpolatePolar`.
        case polar
    }

    /// What the new grid is.
    public let target: Target
    /// How values between and beyond the positions are made.
    public let mode: Interpolation
    /// Whether the corner positions' centres stay, and not the edges; without meaning for the nearest modes.
    public let alignCorners: Bool
    /// What is interpolated of complex numbers.
    public let form: Form

    /// - Parameter size: the new spatial extents, one for all axes or one for each.
    public init(
        size: Extents, mode: Interpolation = .nearest, alignCorners: Bool = false, form: Form = .parts
    ) {
        target = .size(size)
        self.mode = mode
        self.alignCorners = alignCorners
        self.form = form
    }

    /// - Parameter scale: what each spatial extent is multiplied with; results are rounded down.
    public init(
        scale: Double, mode: Interpolation = .nearest, alignCorners: Bool = false, form: Form = .parts
    ) {
        target = .scales([scale])
        self.mode = mode
        self.alignCorners = alignCorners
        self.form = form
    }

    /// - Parameter scales: what the spatial extents are multiplied with, one for each; results are rounded down.
    public init(
        scales: [Double], mode: Interpolation = .nearest, alignCorners: Bool = false, form: Form = .parts
    ) {
        target = .scales(scales)
        self.mode = mode
        self.alignCorners = alignCorners
        self.form = form
    }

    /// [batch, channels, spatial axes…] to the same with the new spatial extents.
    public final func forward(_ x: Tensor) -> Tensor {
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
    /// - Parameter size: the new height and width.
    public init(size: Extents) { super.init(size: size, mode: .nearest, alignCorners: false) }

    /// - Parameter scale: what height and width are multiplied with; results are rounded down.
    public init(scale: Double) { super.init(scale: scale, mode: .nearest, alignCorners: false) }
}

/// Bilinear interpolation of planes [batch, channels, height, width] whose corners stay.
public final class UpsamplingBilinear2d: Upsample {
    /// - Parameter size: the new height and width.
    public init(size: Extents) { super.init(size: size, mode: .bilinear, alignCorners: true) }

    /// - Parameter scale: what height and width are multiplied with; results are rounded down.
    public init(scale: Double) { super.init(scale: scale, mode: .bilinear, alignCorners: true) }
}
