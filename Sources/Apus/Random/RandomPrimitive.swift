/// An operation that draws numbers from a generator: whenever it runs, it takes the next ones.
protocol RandomPrimitive: Primitive {
    var generator: RandomGenerator { get }
    /// Which elements belong to which row of a batch; nil where nothing has been said.
    var rows: BatchRows? { get }
}

extension RandomPrimitive {
    /// The settings; the generator is none, since it goes on with every draw, and rows change nothing but where a batch is
    /// divided.
    var attributes: [Attribute] {
        Mirror(reflecting: self).children.compactMap { property in
            guard let label = property.label, label != "generator", label != "rows"
            else { return nil }
            return Attribute(label, Attribute.Value(of: property.value))
        }
    }
}
