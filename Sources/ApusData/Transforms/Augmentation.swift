import ApusFormats
import Glibc

/// What `RandAugment` and `TrivialAugmentWide` choose from.
enum Augmentation: String, CaseIterable {
    case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast, sharpness
    case posterize, solarize, autoContrast, equalize

    /// Whether the magnitude has a random sign.
    var isSigned: Bool {
        switch self {
        case .shearX, .shearY, .translateX, .translateY, .rotate: true
        case .brightness, .color, .contrast, .sharpness: true
        case .identity, .posterize, .solarize, .autoContrast, .equalize: false
        }
    }

    /// The strongest magnitudes; each table goes in equal steps from none to that.
    struct Strengths {
        let shear: Float
        /// In pixels.
        let translationX: Float
        let translationY: Float
        let degrees: Float
        /// Of the factors' differences from 1.
        let enhancement: Float
        /// How many bits of 8 are taken away.
        let bits: Float
    }

    /// The magnitude of step `index` of `count`, in float32 as torchvision's.
    func magnitude(_ index: Int, of count: Int, _ strengths: Strengths) -> Double {
        func step(from start: Float, to end: Float) -> Double {
            if count == 1 { return Double(start) }
            let step = (end - start) / Float(count - 1)
            // Rounded once, as PyTorch's linspace: what is cut to whole pixels hangs on the last bit.
            return Double(
                index < count / 2
                    ? start.addingProduct(step, Float(index))
                    : end.addingProduct(-step, Float(count - 1 - index)))
        }
        return switch self {
        case .shearX, .shearY: step(from: 0, to: strengths.shear)
        case .translateX: step(from: 0, to: strengths.translationX)
        case .translateY: step(from: 0, to: strengths.translationY)
        case .rotate: step(from: 0, to: strengths.degrees)
        case .brightness, .color, .contrast, .sharpness: step(from: 0, to: strengths.enhancement)
        case .posterize:
            8
                - Double(
                    (Float(index) / (Float(max(count - 1, 1)) / strengths.bits)).rounded(.toNearestOrEven))
        case .solarize: step(from: 255, to: 0)
        case .identity, .autoContrast, .equalize: 0
        }
    }

    func callAsFunction(
        _ image: Image, magnitude: Double, _ resampling: Image.Resampling, fill: Image.Color
    ) -> Image {
        switch self {
        case .identity: image
        case .shearX, .shearY:
            image.affine(
                shear: self == .shearX ? (angle(magnitude), 0) : (0, angle(magnitude)), resampling,
                center: (0, 0), fill: fill)
        case .translateX: image.affine(translation: (Int(magnitude), 0), resampling, fill: fill)
        case .translateY: image.affine(translation: (0, Int(magnitude)), resampling, fill: fill)
        case .rotate: image.rotated(degrees: magnitude, resampling, fill: fill)
        case .brightness: image.brightness(1 + magnitude)
        case .color: image.saturation(1 + magnitude)
        case .contrast: image.contrast(1 + magnitude)
        case .sharpness: image.sharpness(1 + magnitude)
        case .posterize: image.posterized(bits: Int(magnitude))
        case .solarize: image.solarized(threshold: magnitude)
        case .autoContrast: image.autoContrasted()
        case .equalize: image.equalized()
        }
    }

    /// A shear by a distance is one by an angle, in degrees.
    private func angle(_ distance: Double) -> Double { atan(distance) * 180 / .pi }
}
