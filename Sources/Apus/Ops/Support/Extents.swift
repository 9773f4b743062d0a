/// A number for each spatial axis: the size, stride, padding or dilation of a window.
///
/// `3` and `[3]` stand for 3 along every axis, `[3, 5]` for 3 along the first and 5 along the second.
public struct Extents: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    /// The largest number: sums and products of two stay far from overflow.
    static let most = 1 << 30

    /// One number for all axes, or one for each.
    public let values: [Int]

    /// The same number along every axis.
    public init(_ value: Int) { values = [value] }

    /// A number for each axis, or one for all.
    public init(_ values: [Int]) { self.values = values }

    /// `3` is 3 along every axis.
    public init(integerLiteral value: Int) { values = [value] }

    /// `[3, 5]` is 3 along the first and 5 along the second axis.
    public init(arrayLiteral values: Int...) { self.values = values }

    /// The number for each of `rank` axes, the only one repeated; stops the program where there are neither
    /// one nor `rank`, or where one is below `minimum`.
    ///
    /// - Parameters:
    ///   - operation: who asks, such as `maxPool2d`.
    ///   - name: what the numbers are, such as `stride`.
    package func resolved(
        _ rank: Int, minimum: Int = .min, _ operation: String, _ name: String, at site: CallSite? = nil
    ) -> [Int] {
        if values.count != 1 && values.count != rank {
            fail(
                operation, "a \(name) of \(values) for \(rank) spatial axes: it takes 1 number or \(rank)",
                at: site)
        }
        if let small = values.first(where: { $0 < minimum }) {
            fail(operation, "a \(name) of \(small): it is at least \(minimum)", at: site)
        }
        if let large = values.first(where: { $0 > Extents.most }) {
            fail(operation, "a \(name) of \(large): it is at most \(Extents.most)", at: site)
        }
        return values.count == rank ? values : [Int](repeating: values[0], count: rank)
    }
}

extension Extents: CustomStringConvertible {
    /// `3` where one number stands for all axes, else `[3, 5]`.
    public var description: String { values.count == 1 ? "\(values[0])" : "\(values)" }
}
