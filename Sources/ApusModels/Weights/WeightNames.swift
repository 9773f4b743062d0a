/// How names that another implementation, or an older version, gives to a model's weights become the model's own.
struct WeightNames: Sendable {
    /// What the beginning of a name becomes.
    struct Rule: Sendable {
        /// The parts that a name must begin with; # stands for a number.
        let beginning: [Substring]
        /// What stands in their place, given the numbers.
        let replacement: @Sendable ([Int]) -> String

        /// Parts of names are joined by points, as in `stages.#.blocks.#`.
        init(_ beginning: String, _ replacement: @escaping @Sendable ([Int]) -> String) {
            self.beginning = beginning.split(separator: ".")
            self.replacement = replacement
        }

        /// For beginnings without numbers.
        init(_ beginning: String, _ replacement: String) { self.init(beginning) { _ in replacement } }

        /// The new name; nil where the name begins otherwise.
        func callAsFunction(_ name: String) -> String? {
            let parts = name.split(separator: ".")
            if parts.count < beginning.count { return nil }
            var numbers: [Int] = []
            for (part, wanted) in zip(parts, beginning) {
                if wanted != "#" {
                    if part != wanted { return nil }
                } else if let number = Int(part) {
                    numbers.append(number)
                } else {
                    return nil
                }
            }
            return ([replacement(numbers)] + parts.dropFirst(beginning.count).map(String.init))
                .joined(separator: ".")
        }
    }

    /// A name that weights of this kind have, and the model's own have not.
    let marker: String
    /// ε of the kind's batch normalisations, where models have another.
    let epsilon: Double?
    /// From all names to what one of them becomes.
    private let renaming: @Sendable (Set<String>) -> (String) -> String

    init(
        marker: String, epsilon: Double? = nil,
        renaming: @escaping @Sendable (Set<String>) -> (String) -> String
    ) {
        self.marker = marker
        self.epsilon = epsilon
        self.renaming = renaming
    }

    /// The first rule that fits a name changes it; where none does, it stays.
    init(marker: String, rules: [Rule]) {
        self.init(marker: marker) { _ in { name in rules.firstResult { $0(name) } ?? name } }
    }

    /// The new name of each.
    func callAsFunction(_ names: some Sequence<String>) -> [String: String] {
        let names = Set(names)
        let renamed = renaming(names)
        return Dictionary(uniqueKeysWithValues: names.map { ($0, renamed($0)) })
    }
}

extension Sequence {
    /// What the closure makes of the first element that it makes something of.
    fileprivate func firstResult<Result>(_ body: (Element) -> Result?) -> Result? {
        for element in self { if let result = body(element) { return result } }
        return nil
    }
}
