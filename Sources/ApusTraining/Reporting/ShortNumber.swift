import Foundation

/// A loss in few characters: four decimals, or two digits and a power of ten where these would be many digits or none.
package func shortNumber(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    let isPlain = value == 0 || value.isInfinite || (0.0001..<10_000).contains(abs(value))
    return String(format: isPlain ? "%.4f" : "%.1e", value)
}
