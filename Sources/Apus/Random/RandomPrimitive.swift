/// An operation that draws numbers from a generator: whenever it runs, it takes the next ones.
protocol RandomPrimitive: Primitive {
    var generator: RandomGenerator { get }
}

extension RandomPrimitive {
    /// The settings; the generator is none, since it goes on with every draw.
    var attributes: [Attribute] {
        Mirror(reflecting: self).children.compactMap { property in
            guard let label = property.label, label != "generator" else { return nil }
            return Attribute(label, Attribute.Value(of: property.value))
        }
    }
}
