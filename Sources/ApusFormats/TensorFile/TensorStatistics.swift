import Apus

/// What the elements of a tensor are like, NaN left out; of complex ones, their magnitudes.
package struct TensorStatistics: Equatable {
    /// nil where all elements are NaN, or none are there.
    package private(set) var minimum: Double?
    package private(set) var maximum: Double?
    package private(set) var mean: Double?
    /// The root of the mean squared distance from the mean.
    package private(set) var deviation: Double?
    package private(set) var nanCount = 0

    /// Looks at all elements twice, a part at a time.
    package init(_ tensor: Tensor) {
        let flat = tensor.detach().reshape([-1])
        var (low, high, sum, count) = (Double.infinity, -Double.infinity, 0.0, 0)
        Self.forEach(flat) { value in
            if value.isNaN {
                nanCount += 1
                return
            }
            (low, high) = (min(low, value), max(high, value))
            sum += value
            count += 1
        }
        if count == 0 { return }
        let center = sum / Double(count)
        var squares = 0.0
        Self.forEach(flat) { if !$0.isNaN { squares += ($0 - center) * ($0 - center) } }
        (minimum, maximum) = (low, high)
        (mean, deviation) = (center, (squares / Double(count)).squareRoot())
    }

    private static func forEach(_ flat: Tensor, _ body: (Double) -> Void) {
        for start in stride(from: 0, to: flat.count, by: 1 << 20) {
            let part = flat[start..<min(start + (1 << 20), flat.count)]
            let real = part.dtype.isComplex ? part.abs() : part
            real.to(.float64).withUnsafeBytes { bytes in
                for value in bytes.assumingMemoryBound(to: Double.self) { body(value) }
            }
        }
    }
}
