import ApusFormats
import Glibc

extension Image {
    /// How new pixels are made of old ones where a picture changes its size or is warped.
    public enum Resampling: String, Sendable, CaseIterable {
        /// The nearest pixel.
        case nearest
        /// The mean of the pixels under the new one.
        case box
        /// Linear interpolation; a triangle over all pixels under the new one where there are many.
        case bilinear
        /// As sharp as bicubic without its dark and light edges.
        case hamming
        /// A cubic of Keys's with a = −½.
        case bicubic
        /// A windowed sinc over three pixels each way.
        case lanczos

        /// How far from the middle of a new pixel old ones count, in pixels of the coarser picture.
        var support: Double {
            switch self {
            case .nearest, .box: 0.5
            case .bilinear, .hamming: 1
            case .bicubic: 2
            case .lanczos: 3
            }
        }

        func weight(_ x: Double) -> Double {
            let distance = abs(x)
            switch self {
            case .nearest, .box: return x > -0.5 && x <= 0.5 ? 1 : 0
            case .bilinear: return max(1 - distance, 0)
            case .hamming:
                if distance >= 1 { return 0 }
                return sinc(distance) * (0.54 + 0.46 * cos(distance * .pi))
            case .bicubic:
                // Keys, Cubic Convolution Interpolation for Digital Image Processing, 1981, equation 4.
                let a = -0.5
                if distance < 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
                if distance < 2 { return (((distance - 5) * distance + 8) * distance - 4) * a }
                return 0
            case .lanczos: return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0
            }
        }

        private func sinc(_ x: Double) -> Double {
            if x == 0 { return 1 }
            return sin(x * .pi) / (x * .pi)
        }
    }
}

/// Which old pixels each new one along an axis is made of, and how much of each, in units of 2⁻²².
///
/// The weights are those of the filter, stretched by the ratio of sizes where the picture shrinks, and sum to 1 before they
/// are rounded, as Pillow's.
struct ResamplingWeights {
    static let bits: Int32 = 22
    /// For each new pixel the first old one, and how many.
    let spans: [(first: Int, count: Int)]
    /// `stride` for each new pixel.
    let weights: [Int32]
    let stride: Int

    init(from old: Int, to new: Int, _ resampling: Image.Resampling) {
        let scale = Double(old) / Double(new)
        let stretch = max(scale, 1)
        let support = resampling.support * stretch
        stride = Int(support.rounded(.up)) * 2 + 1
        var spans: [(first: Int, count: Int)] = []
        var weights = [Int32](repeating: 0, count: new * stride)
        for pixel in 0..<new {
            let center = (Double(pixel) + 0.5) * scale
            let first = max(Int(center - support + 0.5), 0)
            let end = min(Int(center + support + 0.5), old)
            let reals = (first..<max(end, first)).map {
                resampling.weight((Double($0) - center + 0.5) * (1 / stretch))
            }
            let sum = reals.reduce(0, +)
            for (index, real) in reals.enumerated() {
                let share = sum == 0 ? real : real / sum
                weights[pixel * stride + index] = Int32(
                    share * Double(1 << Self.bits) + (share < 0 ? -0.5 : 0.5))
            }
            spans.append((first, reals.count))
        }
        (self.spans, self.weights) = (spans, weights)
    }
}
