extension Module {
    /// The type's name as users write it: `Conv2d` for `Conv<2>`.
    package var typeName: String { "\(type(of: self))".replacing(/<([123])>$/) { "\($0.1)d" } }
}
