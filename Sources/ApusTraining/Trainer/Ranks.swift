import Apus
import ApusData
import ApusDistributed
import ApusNN
import Foundation

/// What a run of several processes needs to know of them: each does its share of every batch, and what decides how the run goes on
/// is the same in all.
struct Ranks {
    let group: any ProcessGroup
    /// Seconds without progress after which all end.
    var timeout = 600.0

    /// A run of this process alone.
    static let alone = Ranks(group: SoloGroup())

    /// Of each batch.
    var share: BatchShare { BatchShare(index: group.rank, count: group.size) }
    /// Whether this one writes files and speaks.
    var isFirst: Bool { group.rank == 0 }
    var areSeveral: Bool { group.size > 1 }

    /// The last of them: it has samples of every batch that has any.
    private var last: Int { group.size - 1 }

    /// A rank's bytes, on all of them.
    func broadcast(_ bytes: Data, from root: Int = 0) throws -> Data {
        if !areSeveral { return bytes }
        let count = try group.broadcast(Tensor([bytes.count], shape: [1]), from: root).item(as: Int.self)
        if count == 0 { return Data() }
        let own =
            group.rank == root
            ? Tensor(bytes.map { Int($0) }, shape: [count]).to(.uint8) : .zeros([count], dtype: .uint8)
        return Data(try group.broadcast(own, from: root).to(.int64).array(of: Int.self).map { UInt8($0) })
    }

    /// A rank's value, on all of them.
    func broadcast<Value: Codable>(_ value: Value, from root: Int = 0) throws -> Value {
        if !areSeveral { return value }
        let text = try JSONEncoder().encode([value])
        return try JSONDecoder().decode([Value].self, from: broadcast(text, from: root))[0]
    }

    /// Numbers of all ranks, added.
    func sum(_ numbers: [Double]) throws -> [Double] {
        if !areSeveral || numbers.isEmpty { return numbers }
        return try group.sum(Tensor(numbers, shape: [numbers.count], dtype: .float64)).array(of: Double.self)
    }

    /// What the last rank says, which has samples wherever any has: what others cannot know who have none.
    func broadcastFromLast<Value: Codable>(_ value: Value) throws -> Value {
        try broadcast(value, from: last)
    }

    /// The rows of all ranks under each other.
    ///
    /// - Parameters:
    ///   - rows: this rank's; nil where it has none.
    ///   - counts: how many each rank has.
    func gathered(_ rows: Tensor?, counts: [Int]) throws -> Tensor? {
        if !areSeveral { return rows }
        guard var form = try broadcastFromLast(rows.map { TensorForm(name: "", $0) }) else { return nil }
        let parts = try counts.enumerated().filter { $0.element > 0 }.map { rank, count in
            form.shape[0] = count
            return try group.broadcast(rank == group.rank ? rows! : form.zeros, from: rank)
        }
        return Tensor.cat(parts, axis: 0)
    }

    /// What all ranks together make of a batch, from what each makes of its share.
    ///
    /// - Parameter own: the samples of this rank's share, and what it makes of them; nil where it has none.
    func gathered(_ own: (count: Int, result: BatchResult)?) throws -> (count: Int, result: BatchResult) {
        if !areSeveral { return own! }
        var counts = [Double](repeating: 0, count: group.size)
        counts[group.rank] = Double(own?.count ?? 0)
        let all = try sum(counts).map { Int($0) }
        let total = all.reduce(0, +)
        let names = try broadcastFromLast(own?.result.values.map(\.name) ?? [])
        let means = own.map { [$0.result.loss] + $0.result.values.map(\.value) } ?? []
        let shares = means.map { $0.item(as: Double.self) * Double(own!.count) / Double(total) }
        let sums = try sum(shares.isEmpty ? [Double](repeating: 0, count: names.count + 1) : shares)
        let numbers = sums.map { Tensor($0, dtype: .float64) }
        return (
            total,
            BatchResult(
                loss: numbers[0], predictions: try gathered(own?.result.predictions, counts: all),
                targets: try gathered(own?.result.targets, counts: all),
                values: Array(zip(names, numbers.dropFirst())).map { ($0, $1) })
        )
    }

    /// Stops the run where ranks were begun in different ways.
    func agree(on configuration: RunConfiguration) throws {
        if !areSeveral { return }
        var same = configuration
        // Nothing depends on these, and machines may keep data in different places.
        same.options.threads = 1
        if same.dataDigest != nil { same.data = "" }
        let object = try JSONSerialization.jsonObject(with: Data(same.json().utf8)) as! [String: Any]
        var facts = ["version of Apus": version]
        for (name, value) in object {
            let text = try JSONSerialization.data(
                withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
            facts[name] = String(decoding: text, as: UTF8.self)
        }
        try agree(on: facts)
    }

    /// - Parameter facts: what has to be the same, by name.
    private func agree(on facts: [String: String]) throws {
        for rank in 1..<max(group.size, 1) {
            let found = try broadcast(facts, from: rank)
            let wanted = try broadcast(facts)
            for name in Set(found.keys).union(wanted.keys).sorted() where found[name] != wanted[name] {
                throw TrainingError.badOption(
                    "process \(rank) has \(name) \(found[name] ?? "(none)"), process 0 \(wanted[name] ?? "(none)")"
                )
            }
        }
    }
}

/// What processes that do not have a tensor must know to get it.
struct TensorForm: Codable {
    let name: String
    var shape: [Int]
    private let dtype: UInt8

    init(name: String, _ tensor: Tensor) {
        (self.name, shape, dtype) = (name, tensor.shape, tensor.dtype.rawValue)
    }

    /// A place for its values.
    var zeros: Tensor { .zeros(shape, dtype: DType(rawValue: dtype)!) }
}
