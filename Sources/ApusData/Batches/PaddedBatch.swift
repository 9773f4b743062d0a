import Apus
import ApusCore

/// Sequences of several lengths as one tensor, and how long each is.
///
/// ```swift
/// let loader = DataLoader(sentences, batchSize: 32) { try PaddedBatch($0, value: Double(padding)) }
/// ```
public struct PaddedBatch: Batch {
    /// Where the elements are that make a sequence as long as the longest.
    public enum Side: Sendable {
        /// Before the sequence, which ends where the longest ends.
        case left
        /// After the sequence.
        case right
    }

    /// [samples, length of the longest, …].
    public let values: Tensor
    /// int64 [samples].
    public let lengths: Tensor
    /// Where the padding is.
    public let side: Side

    /// How many sequences there are.
    public var sampleCount: Int { values.shape[0] }

    /// Pads sequences to the longest one's length.
    ///
    /// - Parameters:
    ///   - sequences: one at least; of one type, and of shapes that differ in axis 0 alone.
    ///   - value: what is in the padding, converted to their type.
    ///   - side: where it is.
    /// - Throws: `CollationError` for a sequence of another shape or type than the first.
    public init(
        _ sequences: [Tensor], value: Double = 0, side: Side = .right
    ) throws(CollationError) {
        if sequences.isEmpty { fail("PaddedBatch", "a batch has one sequence at least") }
        let (first, dtype) = (sequences[0].shape, sequences[0].dtype)
        for (position, sequence) in sequences.enumerated() {
            if sequence.rank == 0 || sequence.dtype != dtype
                || sequence.shape.dropFirst() != first.dropFirst()
            {
                throw CollationError(
                    position: position,
                    "it is \(sequence.dtype) \(sequence.shape), and the first of its batch \(dtype) \(first); "
                        + "padded sequences differ in the length of axis 0 alone")
            }
        }
        let counts = sequences.map { $0.shape[0] }
        let longest = counts.max()!
        let step = first.dropFirst().reduce(1, *) * dtype.size
        var values = Tensor.full([sequences.count, longest] + first.dropFirst(), value, dtype: dtype)
        values.withUnsafeMutableBytes { out in
            for (row, sequence) in sequences.enumerated() where counts[row] * step > 0 {
                let begin = row * longest + (side == .left ? longest - counts[row] : 0)
                sequence.withUnsafeBytes { bytes in
                    UnsafeMutableRawBufferPointer(rebasing: out[(begin * step)...]).copyMemory(from: bytes)
                }
            }
        }
        self.values = values
        self.side = side
        lengths = Int.collate(counts)
    }

    /// Sequences of whole numbers, such as tokens: `values` is int64.
    public init(_ sequences: [[Int]], value: Int = 0, side: Side = .right) {
        if sequences.isEmpty { fail("PaddedBatch", "a batch has one sequence at least") }
        let longest = sequences.map(\.count).max()!
        var numbers: [Int64] = []
        numbers.reserveCapacity(sequences.count * longest)
        for sequence in sequences {
            let padding = repeatElement(Int64(value), count: longest - sequence.count)
            if side == .left { numbers += padding }
            numbers += sequence.map { Int64($0) }
            if side == .right { numbers += padding }
        }
        values = Tensor(numbers, shape: [sequences.count, longest])
        self.side = side
        lengths = Int.collate(sequences.map(\.count))
    }

    /// bool [samples, length of the longest]: true where a sequence is, false where padding is.
    public var mask: Tensor {
        let longest = values.shape[1]
        let places = Tensor((0..<longest).map { Int64($0) }, shape: [1, longest])
        let counts = lengths.reshape(-1, 1)
        return side == .right ? places .< counts : places .>= (counts * -1 + longest)
    }
}
