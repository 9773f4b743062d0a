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

    /// Of each batch that is evaluated.
    var share: BatchShare { BatchShare(index: group.rank, count: group.size) }
    /// Of each batch that is learned from: each process has samples, so that all make the same draws, and sums of statistics.
    var trainingShare: BatchShare {
        BatchShare(index: group.rank, count: group.size, repeatsSmallBatches: true)
    }
    /// Whether this one writes files and speaks.
    var isFirst: Bool { group.rank == 0 }
    var areSeveral: Bool { group.size > 1 }

    /// The last of them: it has samples of every batch that has any.
    private var last: Int { group.size - 1 }

    /// A rank's value, on all of them.
    func broadcast<Value: Codable>(_ value: Value, from root: Int = 0) throws -> Value {
        if !areSeveral { return value }
        let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let own = group.rank == root ? String(decoding: try encoder.encode([value]), as: UTF8.self) : ""
        let text = try group.broadcast(text: own, from: root)
        return try decoder.decode([Value].self, from: Data(text.utf8))[0]
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

    /// What each rank makes of its share of a batch, in the order of the shares; of those that have samples.
    ///
    /// - Parameter own: the samples of this rank's share, and what it makes of them; nil where it has none.
    func parts(_ own: (count: Int, result: BatchResult)?) throws -> [(count: Int, result: BatchResult)] {
        if !areSeveral { return [own!] }
        let form = own.map { ResultForm($0.count, $0.result) }
        return try (0..<group.size).compactMap { rank in
            guard let form = try broadcast(form, from: rank) else { return nil }
            func tensor(_ tensor: Tensor?, _ form: TensorForm?) throws -> Tensor? {
                try form.map { try group.broadcast(rank == group.rank ? tensor! : $0.zeros, from: rank) }
            }
            return (
                form.count,
                BatchResult(
                    loss: Tensor(form.loss, dtype: .float64),
                    predictions: try tensor(own?.result.predictions, form.predictions),
                    targets: try tensor(own?.result.targets, form.targets),
                    values: zip(form.names, form.values).map { ($0, Tensor($1, dtype: .float64)) })
            )
        }
    }

    /// Watches them from now on; nil where this one is alone.
    ///
    /// - Parameter place: what they do first.
    func watchdog(at place: String) -> Watchdog? {
        areSeveral ? Watchdog(group, at: place, timeout: timeout) : nil
    }

    /// Stops the run where ranks were begun in different ways.
    ///
    /// - Parameter contents: of the data's files, where the configuration's digest does not tell.
    func agree(on configuration: RunConfiguration, contents: (() -> String)?) throws {
        if !areSeveral { return }
        var same = configuration
        // Nothing depends on these, and machines may keep data in different places.
        same.options.threads = 1
        if same.dataDigest != nil { same.data = nil }
        let object = try JSONSerialization.jsonObject(with: Data(same.json().utf8)) as! [String: Any]
        var facts = ["version of Apus": version]
        func add(_ object: [String: Any], _ group: String) throws {
            for (name, value) in object {
                if let inner = value as? [String: Any] {
                    // The recipe's own settings are called by their names alone.
                    try add(inner, name == "settings" ? "" : "\(group)\(name).")
                } else {
                    let text = try JSONSerialization.data(
                        withJSONObject: value,
                        options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
                    facts[group + name] = String(decoding: text, as: UTF8.self)
                }
            }
        }
        try add(object, "")
        let digest = facts.removeValue(forKey: "data_digest")
        try agree(on: facts)
        if let digest { try agreeOnData(configuration.data ?? "", "\(digest) \(contents?() ?? "")") }
    }

    /// - Parameters:
    ///   - path: where this process has them.
    ///   - digest: tells what they are.
    private func agreeOnData(_ path: String, _ digest: String) throws {
        for rank in 1..<group.size where try broadcast(digest, from: rank) != broadcast(digest) {
            let (found, wanted) = (try broadcast(path, from: rank), try broadcast(path))
            throw TrainingError.badOption(
                "process \(rank) has other files in \(found) than process 0 in \(wanted): all want the same data"
            )
        }
    }

    /// - Parameter facts: what has to be the same, by name.
    func agree(on facts: [String: String]) throws {
        for rank in 1..<group.size {
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
    private let shape: [Int]
    private let dtype: UInt8

    init(name: String, _ tensor: Tensor) {
        (self.name, shape, dtype) = (name, tensor.shape, tensor.dtype.rawValue)
    }

    /// A place for its values.
    var zeros: Tensor { .zeros(shape, dtype: DType(rawValue: dtype)!) }
}

/// What processes must know to get what another one makes of its share of a batch.
private struct ResultForm: Codable {
    let count: Int
    let loss: Double
    let names: [String]
    let values: [Double]
    let predictions: TensorForm?
    let targets: TensorForm?

    init(_ count: Int, _ result: BatchResult) {
        self.count = count
        loss = result.loss.item(as: Double.self)
        names = result.values.map(\.name)
        values = result.values.map { $0.value.item(as: Double.self) }
        predictions = result.predictions.map { TensorForm(name: "predictions", $0) }
        targets = result.targets.map { TensorForm(name: "targets", $0) }
    }
}
