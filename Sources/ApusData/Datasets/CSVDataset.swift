import Apus
import ApusFormats

/// The rows of a table as inputs and targets.
///
/// ```swift
/// let table = try CSV.read("iris.csv")
/// let flowers = try CSVDataset(
///     table, inputs: ["petal length", "petal width"], target: .categorical("species"))
/// ```
public struct CSVDataset: BatchedDataset {
    /// A column of the table, and what its fields are.
    public enum Column: Sendable, Hashable, ExpressibleByStringLiteral {
        /// Numbers.
        case numeric(String)
        /// Names of categories: one of those that occur in the column, or of these, such as those of a training set.
        case categorical(String, [String]? = nil)

        /// A column of numbers.
        public init(stringLiteral name: String) { self = .numeric(name) }
    }

    /// float32 [rows, width]: a number a numeric column, and for a categorical one a 1 in the place of the category among
    /// zeros.
    public let inputs: Tensor
    /// Of a numeric column float32 [rows], of a categorical one int64 [rows], the categories' numbers.
    public let targets: Tensor
    /// The categories of each categorical column, in the order of their numbers.
    public let categories: [String: [String]]
    private let samples: TensorDataset<Example<Tensor, Tensor>>

    /// Reads these columns.
    ///
    /// - Throws: `FileError` for a column that is not there and a field that is not what its column should be, with its row
    ///   and column.
    public init(_ table: CSVTable, inputs: [Column], target: Column) throws(FileError) {
        let rows = table.rows.count
        var categories: [String: [String]] = [:]
        var parts: [(width: Int, values: [Float])] = []
        for column in inputs {
            switch column {
            case .numeric(let name):
                parts.append((1, try table.numbers(name).map { Float($0) }))
            case .categorical(let name, let known):
                let (numbers, names) = try table.categories(name, known: known)
                categories[name] = names
                var values = [Float](repeating: 0, count: rows * names.count)
                for (row, number) in numbers.enumerated() { values[row * names.count + number] = 1 }
                parts.append((names.count, values))
            }
        }
        var values: [Float] = []
        values.reserveCapacity(parts.reduce(0) { $0 + $1.values.count })
        for row in 0..<rows {
            for (width, part) in parts { values += part[row * width..<(row + 1) * width] }
        }
        self.inputs = Tensor(values, shape: [rows, parts.reduce(0) { $0 + $1.width }])
        switch target {
        case .numeric(let name):
            targets = Tensor(try table.numbers(name).map { Float($0) }, shape: [rows])
        case .categorical(let name, let known):
            let (numbers, names) = try table.categories(name, known: known)
            categories[name] = names
            targets = Int.collate(numbers)
        }
        self.categories = categories
        samples = TensorDataset(inputs: self.inputs, targets: targets)
    }

    /// How many rows there are.
    public var count: Int { samples.count }
    /// A row.
    public func sample(_ index: Int) -> Example<Tensor, Tensor> { samples.sample(index) }
    /// Several rows.
    public func batch(_ indices: ArraySlice<Int>) -> ExampleBatch<Tensor, Tensor> { samples.batch(indices) }
}
