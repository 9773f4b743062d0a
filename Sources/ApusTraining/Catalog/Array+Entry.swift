import Apus

extension Array {
    /// The entry of this name.
    ///
    /// - Parameter kind: what the entries are, for the error.
    /// - Throws: `TrainingError.badOption`, which lists those there are.
    func entry(_ name: String, _ kind: String, _ nameOf: (Element) -> String) throws(TrainingError) -> Element
    {
        if let entry = first(where: { nameOf($0) == name }) { return entry }
        let names = map(nameOf)
        throw .badOption(
            "there is no \(kind) '\(name)'; there are: \(names.joined(separator: ", "))"
                + (nearest(to: name, in: names).map { "; did you mean '\($0)'?" } ?? ""))
    }
}
