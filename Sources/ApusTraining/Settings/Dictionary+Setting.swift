extension [String: Setting] {
    /// A whole number of a recipe's settings.
    ///
    /// - Throws: `TrainingError.badOption` for one outside of `range`.
    func int(_ name: String, in range: ClosedRange<Int>) throws(TrainingError) -> Int {
        guard let setting = self[name], let value = setting.asInt, range.contains(value) else {
            throw bad(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A number of a recipe's settings.
    ///
    /// - Throws: `TrainingError.badOption` for one outside of `range`.
    func number(_ name: String, in range: ClosedRange<Double>) throws(TrainingError) -> Double {
        guard let setting = self[name], let value = setting.asNumber, range.contains(value) else {
            throw bad(name, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A list of words of a recipe's settings.
    ///
    /// - Throws: `TrainingError.badOption` for anything else.
    func texts(_ name: String) throws(TrainingError) -> [String] {
        guard case .list(let items)? = self[name] else { throw bad(name, "a list of words") }
        let texts = items.compactMap(\.asText)
        if texts.count != items.count { throw bad(name, "a list of words") }
        return texts
    }

    private func bad(_ name: String, _ wanted: String) -> TrainingError {
        .badOption("\(name) is \(self[name].map { "\($0)" } ?? "not set"); it must be \(wanted)")
    }
}
