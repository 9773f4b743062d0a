// Arithmetic with numbers that callers choose. Where a result does not fit an `Int`, the `Int` nearest to it stands for
// it: no tensor is that long, so the checks that follow refuse it by the operation's name instead of trapping without.
extension Int {
    package func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    package func subtractingClamped(_ other: Int) -> Int {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    package func multipliedClamped(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// This number without its sign.
    package var magnitudeClamped: Int { self == .min ? .max : Swift.abs(self) }
}

extension Sequence where Element == Int {
    package var clampedSum: Int { reduce(0) { $0.addingClamped($1) } }
    package var clampedProduct: Int { reduce(1) { $0.multipliedClamped(by: $1) } }
}
