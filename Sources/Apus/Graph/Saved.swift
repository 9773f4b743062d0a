/// Which inputs and results of an operation are kept for its gradient.
public struct Saved: OptionSet, Sendable {
    /// A bit for each input, from bit 0, and for each result, from bit 32.
    public let rawValue: UInt64

    /// From bits for inputs (0 to 31) and results (32 to 63).
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// All inputs, of which there are at most 32.
    public static let inputs = Saved(rawValue: 0xFFFF_FFFF)
    /// The first result.
    public static let output = output(0)

    /// One input; at most 32 can be told apart.
    public static func input(_ index: Int) -> Saved { Saved(rawValue: 1 << UInt64(index)) }
    /// One result.
    public static func output(_ index: Int) -> Saved { Saved(rawValue: 1 << UInt64(32 + index)) }

    /// The kept ones of these tensors, results without the node that would own them.
    func chosen(_ inputs: [Tensor], _ results: [Tensor]) -> [Tensor] {
        if isEmpty { return [] }
        var chosen: [Tensor] = []
        for index in 0..<Swift.min(inputs.count, 32) where contains(.input(index)) {
            chosen.append(inputs[index])
        }
        for index in results.indices where contains(.output(index)) { chosen.append(results[index]) }
        return chosen
    }

    /// Where one of these stands among `count` kept ones; nil where it is not kept. What is beyond the inputs that there
    /// were does not count.
    func position(of element: Saved, inputs: Int) -> Int? {
        if !contains(element) { return nil }
        let real = rawValue & (0xFFFF_FFFF_0000_0000 | ((1 << UInt64(Swift.min(inputs, 32))) &- 1))
        return (real & (element.rawValue - 1)).nonzeroBitCount
    }
}
