import Apus
import ApusFormats

extension Image {
    /// This picture in darkened gray with warm colors where a map is large: red, then yellow.
    ///
    /// - Parameters:
    ///   - map: [height, width] of any size, at least 0; enlarged bilinearly, and as a share of its largest
    ///     element. One of zeros adds no color.
    public func heated(by map: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Image {
        if map.rank != 2 || map.count == 0 || !map.dtype.isFloatingPoint {
            fail(
                "heated",
                "a \(map.dtype) map of shape \(map.shape): [height, width] of real numbers is wanted",
                at: CallSite(file: file, line: line))
        }
        let largest = map.max().item(as: Double.self)
        let shares = (largest > 0 ? map.detach() / largest : map.detach())
            .reshape([1, 1] + map.shape).interpolate(size: [height, width], mode: .bilinear)
            .to(.float32).array(of: Float.self)
        let ground = gray.pixels
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * ground.count)
        for (brightness, share) in zip(ground, shares) {
            let dark = Float(brightness) / 2
            for heat in [min(2 * share, 1), max(2 * share - 1, 0), 0] {
                pixels.append(UInt8(min(dark + 200 * heat, 255).rounded()))
            }
        }
        return Image(width: width, height: height, format: .rgb, pixels: pixels)
    }
}
