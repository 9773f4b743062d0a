/// The spatial extents of an adaptive pooling's result, where nil keeps an axis as long as it is.
///
/// `3` and `[3]` stand for 3 along every axis, `[nil, 7]` for all of the first and 7 of the second.
public struct AdaptiveExtents: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    /// One number for all axes, or one for each.
    public let values: [Int?]

    /// The same extent along every axis.
    public init(_ value: Int) { values = [value] }

    /// An extent for each axis, or one for all; nil keeps the input's.
    public init(_ values: [Int?]) { self.values = values }

    /// The same numbers; none keeps an axis as it is.
    public init(_ extents: Extents) { values = extents.values }

    /// `7` is an extent of 7 along every axis.
    public init(integerLiteral value: Int) { values = [value] }

    /// `[nil, 7]` keeps the first axis as it is and gives the second an extent of 7.
    public init(arrayLiteral values: Int?...) { self.values = values }

    /// The extents of a result whose input has the spatial extents `input`; see `Extents.resolved`.
    func resolved(_ input: [Int], _ operation: String, at site: CallSite?) -> [Int] {
        let all = values.count == 1 ? input.map { _ in values[0] } : values
        let known = zip(all, input).map { $0 ?? max($1, 1) }
        return Extents(all.count == input.count ? known : values.map { $0 ?? 1 })
            .resolved(input.count, minimum: 1, operation, "size", at: site)
    }
}

extension AdaptiveExtents: CustomStringConvertible {
    /// For example `[nil, 7]`.
    public var description: String {
        "[\(values.map { $0.map(String.init) ?? "nil" }.joined(separator: ", "))]"
    }
}
