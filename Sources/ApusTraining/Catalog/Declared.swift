/// Something of the library, with the first sentence of its documentation: what the catalogue says of it.
///
/// Swift keeps no documentation in programs. `make catalog` writes the tables in `Declared+All.swift`, and a test fails where
/// they are not what the sources say.
struct Declared: Sendable {
    /// As code has it, such as `HuberLoss`.
    let name: String
    /// How it is made or called, with the labels of its arguments, such as `HuberLoss(delta:reduction:)`.
    let call: String
    /// One line.
    let about: String

    init(_ name: String, _ call: String, _ about: String) {
        self.name = name
        self.call = call
        self.about = about
    }
}
