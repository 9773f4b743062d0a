import Apus
import ApusNN

// A learner's state is made of the states of its parts, each under a prefix of its own, and of single tensors.

extension [String: Tensor] {
    /// The same tensors, each name after `prefix`: a part of a learner's state.
    public func prefixed(_ prefix: String) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: map { (prefix + $0.key, $0.value) })
    }

    /// Those whose names begin with `prefix`, without it.
    public func part(_ prefix: String) -> [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: filter { $0.key.hasPrefix(prefix) }
                .map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }

    /// Checks that nothing is there which no part of a learner would take.
    ///
    /// - Parameters:
    ///   - parts: what names may begin with, such as `optimizer.`; the parts check what follows.
    ///   - names: of single tensors.
    /// - Throws: `StateMismatch`, with every other name.
    public func check(parts: [String], names: [String] = []) throws(StateMismatch) {
        let rest = filter { name, _ in !names.contains(name) && !parts.contains(where: name.hasPrefix) }
        if !rest.isEmpty { throw StateMismatch(expected: [], found: rest) }
    }

    /// The number of this name, such as that of the steps done.
    ///
    /// - Throws: `StateMismatch` where it is missing, or is not one whole number from 0 on.
    func count(_ name: String) throws(StateMismatch) -> Int {
        var mismatch = StateMismatch(expected: [(name, [])], found: filter { $0.key == name })
        if !mismatch.isEmpty { throw mismatch }
        let tensor = self[name]!
        if tensor.dtype.isInteger, tensor.item(as: Int.self) >= 0 { return tensor.item() }
        mismatch.invalid.append("\(name) is no whole number from 0 on")
        throw mismatch
    }
}
