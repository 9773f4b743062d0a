import Apus

extension Image {
    /// A gray picture of a matrix: from black for its smallest element to white for its largest.
    ///
    /// A matrix of equal elements is mid-gray, and NaN is black. `PNG.write(Image(gray: map), to: path)` saves it.
    ///
    /// - Parameters:
    ///   - matrix: real, [height, width].
    ///   - range: what is black and what is white, instead of the smallest and the largest; beyond it stays so.
    ///   - scale: the side of the square of pixels that each element becomes.
    public init(
        gray matrix: Tensor, range: ClosedRange<Double>? = nil, scale: Int = 1, file: StaticString = #fileID,
        line: UInt = #line
    ) {
        let (height, width) = (matrix.shape.first ?? 0, matrix.shape.last ?? 0)
        let isEndless = range.map { !$0.lowerBound.isFinite || !$0.upperBound.isFinite } ?? false
        if matrix.rank != 2 || matrix.count == 0 || matrix.dtype.isComplex || scale < 1
            || [height, width, scale, scale].clampedProduct > 1 << 40 || isEndless
        {
            fail(
                "Image",
                "a \(matrix.dtype) tensor of shape \(matrix.shape) is no gray picture at scale \(scale)"
                    + (range.map { " of \($0)" } ?? ""),
                at: CallSite(file: file, line: line))
        }
        let values = matrix.detach().to(.float64).array(of: Double.self)
        let finite = values.filter(\.isFinite)
        let (low, high) = (range?.lowerBound ?? finite.min() ?? 0, range?.upperBound ?? finite.max() ?? 0)
        // Halves, of which no difference overflows.
        let part = (high - low).isFinite ? 1 : 0.5
        let span = high * part - low * part
        let grays = values.map { value -> UInt8 in
            if value.isNaN { return 0 }
            if low == high { return value == low ? 128 : value < low ? 0 : 255 }
            if value <= low || value >= high { return value <= low ? 0 : 255 }
            return UInt8((value * part - low * part) / span * 255 + 0.5)
        }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(values.count * scale * scale)
        for y in 0..<height {
            let row = grays[y * width..<(y + 1) * width].flatMap { [UInt8](repeating: $0, count: scale) }
            for _ in 0..<scale { pixels += row }
        }
        self.init(width: width * scale, height: height * scale, format: .gray, pixels: pixels)
    }
}
