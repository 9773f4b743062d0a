import ApusCore

/// A loss of pairs of elements, a prediction and a target: its name, and for each type it computes in the processor's
/// loops.
///
/// A loss may have a parameter, such as the δ of Huber's.
package struct LossKernel: Sendable {
    package struct Entry: Sendable {
        package let dtype: DType
        /// Writes the losses of `n` pairs.
        package let losses:
            @Sendable (
                _ predictions: UnsafeRawPointer, _ targets: UnsafeRawPointer, _ parameter: Double,
                _ losses: UnsafeMutableRawPointer, _ n: Int
            ) -> Void
        /// Adds up the losses of `n` pairs.
        package let sum:
            @Sendable (
                _ predictions: UnsafeRawPointer, _ targets: UnsafeRawPointer, _ parameter: Double, _ n: Int
            ) -> Double
        /// Writes the losses' derivatives in the predictions, times a factor: one for each pair, or one for all.
        package let slopes:
            @Sendable (
                _ predictions: UnsafeRawPointer, _ targets: UnsafeRawPointer, _ parameter: Double,
                _ factors: UnsafeRawPointer, _ isOneFactor: Bool, _ slopes: UnsafeMutableRawPointer, _ n: Int
            ) -> Void

        package init(
            dtype: DType,
            losses:
                @escaping @Sendable (
                    UnsafeRawPointer, UnsafeRawPointer, Double, UnsafeMutableRawPointer, Int
                ) -> Void,
            sum: @escaping @Sendable (UnsafeRawPointer, UnsafeRawPointer, Double, Int) -> Double,
            slopes:
                @escaping @Sendable (
                    UnsafeRawPointer, UnsafeRawPointer, Double, UnsafeRawPointer, Bool,
                    UnsafeMutableRawPointer,
                    Int
                ) -> Void
        ) {
            self.dtype = dtype
            self.losses = losses
            self.sum = sum
            self.slopes = slopes
        }
    }

    package let name: String
    let entries: [Entry]

    package init(_ name: String, _ entries: Entry...) {
        self.name = name
        self.entries = entries
    }

    /// - Parameter compute: float32 or float64.
    package func entry(_ compute: DType) -> Entry { entries.first { $0.dtype == compute }! }
}
