/// How many positions a convolution adds before and after each spatial axis.
public enum ConvolutionPadding: Sendable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    /// None: only windows where the whole kernel lies within the input.
    case valid
    /// As many as give ⌈input / stride⌉ windows; the odd one comes after.
    case same
    /// As many before an axis as after it.
    case symmetric(Extents)
    /// A pair for each axis.
    case explicit([(before: Int, after: Int)])

    /// `1` is `symmetric(1)`: one position on both sides of every axis.
    public init(integerLiteral value: Int) { self = .symmetric(Extents(value)) }

    /// `[1, 2]` is `symmetric([1, 2])`: a number for each axis, on both of its sides.
    public init(arrayLiteral values: Int...) { self = .symmetric(Extents(values)) }

    /// The pair of each axis.
    func resolved(
        _ input: [Int], span: [Int], stride: [Int], _ operation: String, _ site: CallSite?
    ) -> [(before: Int, after: Int)] {
        switch self {
        case .valid: return input.map { _ in (0, 0) }
        case .same:
            return input.indices.map { axis in
                let windows = (input[axis] + stride[axis] - 1) / stride[axis]
                let total = Swift.max(0, (windows - 1) * stride[axis] + span[axis] - input[axis])
                return (total / 2, total - total / 2)
            }
        case .symmetric(let extents):
            return extents.resolved(input.count, minimum: 0, operation, "padding", at: site).map { ($0, $0) }
        case .explicit(let pairs):
            if pairs.count != input.count
                || pairs.contains(where: {
                    Swift.min($0.before, $0.after) < 0 || Swift.max($0.before, $0.after) > Extents.most
                })
            {
                fail(
                    operation,
                    "a padding of \(pairs) for \(input.count) spatial axes: it takes a pair of numbers from 0 to \(Extents.most) for each",
                    at: site)
            }
            return pairs
        }
    }

    /// This padding along one of `count` axes, and none along the others.
    package func only(_ axis: Int, of count: Int, _ operation: String, _ site: CallSite? = nil)
        -> ConvolutionPadding
    {
        switch self {
        case .valid, .same: return self
        case .symmetric(let extents):
            var values = extents.resolved(count, minimum: 0, operation, "padding", at: site)
            for other in values.indices where other != axis { values[other] = 0 }
            return .symmetric(Extents(values))
        case .explicit(var pairs):
            for other in pairs.indices where other != axis { pairs[other] = (0, 0) }
            return .explicit(pairs)
        }
    }
}
