/// What can stand between the brackets of `x[…]`: integers, ranges, `.all`, `.ellipsis`, `.newAxis`,
/// index tensors, integer arrays, and boolean masks.
public protocol TensorIndex {
    /// What it selects, along which axes.
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

    /// An entry that was already read stands for itself.
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
    /// One position, from the end where negative; the axis goes.
    public var selector: AxisSelector { AxisSelector(kind: .index(self)) }
}

extension Tensor: TensorIndex {
    /// The positions that an int64 or int32 tensor names, or those where a boolean one is true.
    public var selector: AxisSelector { AxisSelector(kind: .tensor(self)) }
}

extension Array: TensorIndex where Element == Int {
    /// The positions that the array names, in its order; negative ones count from the end.
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
    /// Every position of the range.
    public var selector: AxisSelector { by(1) }

    /// Every `step`-th position of the range: from its first onwards or, for a negative step, from its
    /// last backwards. `x[(0...).by(-1)]` is `x` in reverse.
    public func by(_ step: Int) -> AxisSelector {
        if step == 0 { fail("subscript", "a range cannot go by steps of 0") }
        return AxisSelector(kind: .range(start: selectedStart, end: selectedEnd, step: step))
    }
}

extension Range: TensorIndex, TensorRange where Bound == Int {
    /// The lower bound.
    public var selectedStart: Int? { lowerBound }
    /// The upper bound, which is not selected.
    public var selectedEnd: Int? { upperBound }
}

extension ClosedRange: TensorIndex, TensorRange where Bound == Int {
    /// The lower bound.
    public var selectedStart: Int? { lowerBound }
    /// The position after the upper bound; the end of the axis where that is -1.
    public var selectedEnd: Int? { upperBound == -1 ? nil : upperBound.addingClamped(1) }
}

extension PartialRangeFrom: TensorIndex, TensorRange where Bound == Int {
    /// The lower bound.
    public var selectedStart: Int? { lowerBound }
    /// The end of the axis.
    public var selectedEnd: Int? { nil }
}

extension PartialRangeUpTo: TensorIndex, TensorRange where Bound == Int {
    /// The beginning of the axis.
    public var selectedStart: Int? { nil }
    /// The upper bound, which is not selected.
    public var selectedEnd: Int? { upperBound }
}

extension PartialRangeThrough: TensorIndex, TensorRange where Bound == Int {
    /// The beginning of the axis.
    public var selectedStart: Int? { nil }
    /// The position after the upper bound; the end of the axis where that is -1.
    public var selectedEnd: Int? { upperBound == -1 ? nil : upperBound.addingClamped(1) }
}
