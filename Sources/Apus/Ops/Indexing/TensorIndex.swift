/// What can stand between the brackets of `x[…]`: integers, ranges, `.all`, `.ellipsis`, `.newAxis`,
/// index tensors, integer arrays, and boolean masks.
public protocol TensorIndex {
    /// What an index selects, along which axes. It belongs to the type, so that integers and arrays get no new members.
    static func selector(of index: Self) -> AxisSelector
}

extension TensorIndex {
    var selector: AxisSelector { Self.selector(of: self) }
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
    public static func selector(of index: AxisSelector) -> AxisSelector { index }
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
    public static func selector(of index: Int) -> AxisSelector { AxisSelector(kind: .index(index)) }
}

extension Tensor: TensorIndex {
    /// The positions that an int64 or int32 tensor names, or those where a boolean one is true.
    public static func selector(of index: Tensor) -> AxisSelector { AxisSelector(kind: .tensor(index)) }
}

extension Array: TensorIndex where Element == Int {
    /// The positions that the array names, in its order; negative ones count from the end.
    public static func selector(of index: [Int]) -> AxisSelector {
        AxisSelector(kind: .tensor(Tensor(index, shape: [index.count])))
    }
}

/// A range that can select along an axis.
public protocol TensorRange: TensorIndex {
    /// The first position, nil for the first of the axis, and the position after the last, nil for the end of the axis;
    /// negative ones count from the end.
    static func bounds(of range: Self) -> (start: Int?, end: Int?)
}

extension TensorRange {
    /// Every position of the range.
    public static func selector(of index: Self) -> AxisSelector { index.by(1) }

    /// Every `step`-th position of the range: from its first onwards or, for a negative step, from its
    /// last backwards. `x[(0...).by(-1)]` is `x` in reverse.
    public func by(_ step: Int) -> AxisSelector {
        if step == 0 { fail("subscript", "a range cannot go by steps of 0") }
        let bounds = Self.bounds(of: self)
        return AxisSelector(kind: .range(start: bounds.start, end: bounds.end, step: step))
    }
}

extension Range: TensorIndex, TensorRange where Bound == Int {
    /// The lower bound, and the upper one, which is not selected.
    public static func bounds(of range: Range<Int>) -> (start: Int?, end: Int?) {
        (range.lowerBound, range.upperBound)
    }
}

extension ClosedRange: TensorIndex, TensorRange where Bound == Int {
    /// The lower bound, and the position after the upper one; the end of the axis where that is -1.
    public static func bounds(of range: ClosedRange<Int>) -> (start: Int?, end: Int?) {
        (range.lowerBound, end(after: range.upperBound))
    }
}

extension PartialRangeFrom: TensorIndex, TensorRange where Bound == Int {
    /// The lower bound, and the end of the axis.
    public static func bounds(of range: PartialRangeFrom<Int>) -> (start: Int?, end: Int?) {
        (range.lowerBound, nil)
    }
}

extension PartialRangeUpTo: TensorIndex, TensorRange where Bound == Int {
    /// The beginning of the axis, and the upper bound, which is not selected.
    public static func bounds(of range: PartialRangeUpTo<Int>) -> (start: Int?, end: Int?) {
        (nil, range.upperBound)
    }
}

extension PartialRangeThrough: TensorIndex, TensorRange where Bound == Int {
    /// The beginning of the axis, and the position after the upper bound; the end of the axis where that is -1.
    public static func bounds(of range: PartialRangeThrough<Int>) -> (start: Int?, end: Int?) {
        (nil, end(after: range.upperBound))
    }
}

/// The position after the last, -1 being the last of the axis.
private func end(after last: Int) -> Int? { last == -1 ? nil : last.addingClamped(1) }
