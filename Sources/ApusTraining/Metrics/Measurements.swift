/// Numbers with names, in the order in which they were measured: what a step, an evaluation or an epoch came to.
///
/// ```swift
/// let values: Measurements = ["loss": 0.31, "accuracy": 0.92]
/// print(values["accuracy"] ?? 0)
/// ```
public struct Measurements: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One for each name.
    public private(set) var names: [String] = []
    private var numbers: [Double] = []

    /// The number of the last entry counts where a name is there twice.
    public init(dictionaryLiteral elements: (String, Double)...) {
        for (name, number) in elements { self[name] = number }
    }

    /// The number of this name; nil where there is none. A new one is added at the end.
    public subscript(name: String) -> Double? {
        get { names.firstIndex(of: name).map { numbers[$0] } }
        set {
            switch (names.firstIndex(of: name), newValue) {
            case (let index?, let number?): numbers[index] = number
            case (let index?, nil):
                names.remove(at: index)
                numbers.remove(at: index)
            case (nil, let number?):
                names.append(name)
                numbers.append(number)
            case (nil, nil): break
            }
        }
    }

    /// The same numbers, each name after `prefix`.
    public func prefixed(_ prefix: String) -> Measurements {
        var result = self
        result.names = names.map { prefix + $0 }
        return result
    }

    /// Adds the numbers of `other`, or puts them in the place of those that have their names.
    public mutating func merge(_ other: Measurements) {
        for (name, number) in other { self[name] = number }
    }
}

extension Measurements: Sequence {
    /// Goes through the numbers with their names, in their order.
    public func makeIterator() -> Zip2Sequence<[String], [Double]>.Iterator {
        zip(names, numbers).makeIterator()
    }
}

extension Measurements: CustomStringConvertible {
    /// Such as `loss 0.3100, accuracy 0.9200`.
    public var description: String {
        map { name, number in "\(name) \(shortNumber(number))" }.joined(separator: ", ")
    }
}
