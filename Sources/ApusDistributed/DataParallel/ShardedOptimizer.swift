import Apus
import ApusNN
import ApusOptim

/// An optimizer of which each rank has a part: it steps some of the parameters, keeps what the formula
/// remembers of those alone, and gives the new values to the other ranks.
///
/// The result is that of an optimizer of all parameters on each rank, with as much memory for slots as its
/// share of the parameters needs: Adam's of ResNet-18 are 93.5 MB on one rank, 46.8 MB on each of two and at
/// most 23.6 MB on each of four. A parameter is stepped by one rank as a whole, so that any formula can be
/// used.
///
/// ```swift
/// let optimizer = ShardedOptimizer(model.parameters(), in: group) { AdamW($0, learningRate: 1e-3) }
/// let warmUp = Scheduler(optimizer.own, …)              // the same on all ranks
/// …
/// optimizer.zeroGradients()
/// _ = try parallel.backward(loss)
/// try optimizer.step()
/// ```
///
/// Source: Rajbhandari et al., "ZeRO: memory optimizations toward training trillion parameter models", 2020,
/// its first stage.
public final class ShardedOptimizer {
    /// The ranks.
    public let group: any ProcessGroup
    /// All that is stepped, in order.
    public let parameters: [Parameter]
    /// This rank's part. It has all groups, some without parameters: settings are changed in it, on all ranks
    /// alike.
    public let own: Optimizer
    /// Of each parameter the rank that steps it.
    let owners: [Int]

    /// - Parameters:
    ///   - parameters: an array of parameters or of groups, the same on all ranks.
    ///   - group: the ranks.
    ///   - make: makes the optimizer of those groups and parameters that it is given.
    public init<Member: Optimizable>(
        _ parameters: [Member], in group: any ProcessGroup, _ make: ([ParameterGroup]) -> Optimizer
    ) {
        let groups = Member.groups(of: parameters)
        let all = groups.flatMap(\.parameters)
        let owners = Self.owners(of: all.map { $0.value.count * $0.value.dtype.size }, ranks: group.size)
        var index = 0
        let shares = groups.map { whole in
            var share = whole
            share.parameters = whole.parameters.filter { _ in
                defer { index += 1 }
                return owners[index] == group.rank
            }
            return share
        }
        own = make(shares)
        (self.group, self.parameters, self.owners) = (group, all, owners)
        if own.parameters.count != owners.count(where: { $0 == group.rank }) {
            fail(
                "ShardedOptimizer",
                "the optimizer steps \(own.parameters.count) parameters, not those that it was to be made with"
            )
        }
    }

    /// The largest first, each to the rank that has least.
    static func owners(of sizes: [Int], ranks: Int) -> [Int] {
        var (loads, owners) = ([Int](repeating: 0, count: ranks), [Int](repeating: 0, count: sizes.count))
        for index in sizes.indices.sorted(by: { (-sizes[$0], $0) < (-sizes[$1], $1) }) {
            let rank = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) }!
            owners[index] = rank
            loads[rank] += sizes[index]
        }
        return owners
    }

    /// Forgets the collected gradients of all parameters, before the next backward pass.
    public func zeroGradients() {
        for parameter in parameters { parameter.grad = nil }
    }

    /// Steps all parameters that have a gradient, each on one rank; all ranks call this, with the same
    /// gradients.
    public func step() throws(DistributedError) {
        own.step()
        if group.size > 1 { try gatherValues() }
    }

    /// Gives each rank's parameters to all, some bytes of each at a time.
    private func gatherValues() throws(DistributedError) {
        let staging = group.staging
        let values = (0..<group.size).map { rank in
            ParameterBytes(parameters.indices.filter { owners[$0] == rank }.map { parameters[$0] })
        }
        let most = values.map(\.count).max()!
        let room = staging.byteCount / group.size
        for start in stride(from: 0, to: most, by: room) {
            let length = min(room, most - start)
            values[group.rank].copy(from: start, length, to: staging.own + group.rank * length)
            try group.allGather(staging, count: group.size * length, as: .uint8)
            for rank in 0..<group.size where rank != group.rank {
                values[rank].replace(from: start, length, by: staging.own + rank * length)
            }
        }
    }

    // MARK: - State

    /// The state of an optimizer of all parameters, on rank 0; nil on the others. All ranks call this.
    ///
    /// It is that of `Optimizer.stateDictionary()`, so that another number of ranks, or an optimizer that is
    /// not sharded, can go on from it.
    public func stateDictionary() throws(DistributedError) -> [String: Tensor]? {
        var whole: [String: Tensor] = [:]
        var steps = Tensor.zeros([parameters.count], dtype: .int64).array(of: Int.self)
        for rank in 0..<group.size {
            let indices = parameters.indices.filter { owners[$0] == rank }
            for (name, tensor) in try share(of: rank, own.stateDictionary()) where group.rank == 0 {
                if name == "step" {
                    for (index, step) in zip(indices, tensor.array(of: Int.self)) { steps[index] = step }
                } else {
                    whole[StateName(name).map { indices[$0] }] = tensor
                }
            }
        }
        whole["step"] = Tensor(steps, shape: [steps.count])
        return group.rank == 0 ? whole : nil
    }

    /// Goes on from a state that rank 0 gives: one of ``stateDictionary()``, or of an optimizer of the same
    /// kind that is not sharded. All ranks call this.
    ///
    /// - Parameter state: on rank 0; what others give is not looked at.
    ///
    /// Throws `StateMismatch` with every name that does not fit on ranks that have such, and
    /// `DistributedError` on the others; nothing is changed then.
    public func load(_ state: [String: Tensor]?) throws {
        if group.rank == 0 && state == nil { fail("ShardedOptimizer", "rank 0 has no state to load") }
        let whole = try share(of: 0, state ?? [:])
        let indices = parameters.indices.filter { owners[$0] == group.rank }
        var part: [String: Tensor] = [:]
        for (name, tensor) in whole {
            let parsed = StateName(name)
            if name == "step", tensor.shape == [parameters.count] {
                let steps = indices.map { tensor[$0] }
                part[name] = steps.isEmpty ? .zeros([0], dtype: tensor.dtype) : Tensor.stack(steps)
            } else if let index = parsed.index, parameters.indices.contains(index) {
                guard let own = indices.firstIndex(of: index) else { continue }
                part[parsed.map { _ in own }] = tensor
            } else if group.rank == 0 || name == "step" {
                // What no optimizer has is refused once.
                part[name] = tensor
            }
        }
        let before = own.stateDictionary()
        var failure: (any Error)?
        do { try own.load(part) } catch { failure = error }
        let failures = try group.sum(Tensor(failure == nil ? 0.0 : 1, dtype: .float64)).item(as: Double.self)
        if failures == 0 { return }
        try own.load(before)
        if let mismatch = failure as? StateMismatch {
            throw mismatch.renamed { StateName($0).map { indices[$0] } }
        }
        throw failure
            ?? DistributedError(
                .mismatch, "\(Int(failures)) of the ranks cannot go on from the optimizer's state")
    }

    /// A rank's tensors by name, on all ranks.
    private func share(
        of root: Int, _ state: [String: Tensor]
    ) throws(DistributedError) -> [(name: String, tensor: Tensor)] {
        let names = state.keys.sorted()
        let own = names.map { name in
            let tensor = state[name]!
            return ([name, "\(tensor.dtype.rawValue)"] + tensor.shape.map { "\($0)" }).joined(separator: "\t")
        }
        var shared: [(name: String, tensor: Tensor)] = []
        for line in try group.broadcast(text: own.joined(separator: "\n"), from: root).split(separator: "\n")
        {
            let fields = line.split(separator: "\t").map(String.init)
            let shape = Shape(fields[2...].map { Int($0)! })
            let tensor =
                group.rank == root
                ? state[fields[0]]! : Tensor.zeros(shape, dtype: DType(rawValue: UInt8(fields[1])!)!)
            shared.append((fields[0], try group.broadcast(tensor, from: root)))
        }
        return shared
    }
}

/// A name in an optimizer's state: `mean.3` is of the parameter with index 3, where it ends with one.
private struct StateName {
    let name: String
    let index: Int?

    init(_ name: String) {
        self.name = name
        index = name.split(separator: ".", omittingEmptySubsequences: false).last.flatMap { Int($0) }
    }

    /// The name with another index.
    func map(_ transform: (Int) -> Int) -> String {
        guard let index, let point = name.lastIndex(of: ".") else { return name }
        return name[...point] + "\(transform(index))"
    }
}

extension StateMismatch {
    /// The same under the names that the whole state has.
    fileprivate func renamed(_ rename: (String) -> String) -> StateMismatch {
        var result = self
        result.missing = missing.map(rename)
        result.misshapen = misshapen.map {
            Misshapen(name: rename($0.name), expected: $0.expected, found: $0.found)
        }
        result.complex = complex.map(rename)
        return result
    }
}
