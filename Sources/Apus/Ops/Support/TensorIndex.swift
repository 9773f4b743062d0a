/// What can stand between the brackets of `x[…]`: integers, ranges, `.all`, `.ellipsis`, `.newAxis`,
/// index tensors, integer arrays, and boolean masks.
public protocol TensorIndex {
    var selector: AxisSelector { get }
}

/// One entry of a subscript, as the tensor reads it.
public struct AxisSelector: TensorIndex, Sendable {
    enum Kind: Sendable {
        case index(Int)
        /// nil bounds are the ends of the axis; negative ones count from its end.
        case range(start: Int?, end: Int?, step: Int)
        case newAxis
        case ellipsis
        case tensor(Tensor)
    }
    let kind: Kind

    public var selector: AxisSelector { self }
}

extension TensorIndex where Self == AxisSelector {
    /// As many whole axes as the other indices leave over.
    public static var ellipsis: AxisSelector { AxisSelector(kind: .ellipsis) }
    /// A new axis of extent 1.
    public static var newAxis: AxisSelector { AxisSelector(kind: .newAxis) }
    /// One whole axis.
    public static var all: AxisSelector { AxisSelector(kind: .range(start: nil, end: nil, step: 1)) }
}

extension Int: TensorIndex {
    public var selector: AxisSelector { AxisSelector(kind: .index(self)) }
}

extension Tensor: TensorIndex {
    public var selector: AxisSelector { AxisSelector(kind: .tensor(self)) }
}

extension Array: TensorIndex where Element == Int {
    public var selector: AxisSelector { AxisSelector(kind: .tensor(Tensor(self, shape: [count]))) }
}

/// A range that can select along an axis.
public protocol TensorRange: TensorIndex {
    /// First position, nil for the first of the axis; negative ones count from the end.
    var selectedStart: Int? { get }
    /// The position after the last, nil for the end of the axis.
    var selectedEnd: Int? { get }
}

extension TensorRange {
    public var selector: AxisSelector { by(1) }

    /// Every `step`-th position of the range: from its first onwards or, for a negative step, from its
    /// last backwards. `x[(0...).by(-1)]` is `x` in reverse.
    public func by(_ step: Int) -> AxisSelector {
        if step == 0 { fail("subscript", "a range cannot go by steps of 0") }
        return AxisSelector(kind: .range(start: selectedStart, end: selectedEnd, step: step))
    }
}

extension Range: TensorIndex, TensorRange where Bound == Int {
    public var selectedStart: Int? { lowerBound }
    public var selectedEnd: Int? { upperBound }
}

extension ClosedRange: TensorIndex, TensorRange where Bound == Int {
    public var selectedStart: Int? { lowerBound }
    public var selectedEnd: Int? { upperBound == -1 ? nil : upperBound.addingClamped(1) }
}

extension PartialRangeFrom: TensorIndex, TensorRange where Bound == Int {
    public var selectedStart: Int? { lowerBound }
    public var selectedEnd: Int? { nil }
}

extension PartialRangeUpTo: TensorIndex, TensorRange where Bound == Int {
    public var selectedStart: Int? { nil }
    public var selectedEnd: Int? { upperBound }
}

extension PartialRangeThrough: TensorIndex, TensorRange where Bound == Int {
    public var selectedStart: Int? { nil }
    public var selectedEnd: Int? { upperBound == -1 ? nil : upperBound.addingClamped(1) }
}
