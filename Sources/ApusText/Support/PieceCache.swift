/// The tokens of the pieces of a text that came before: words come again and again.
struct PieceCache {
    /// Longer pieces hardly come twice.
    private static let longest = 64
    /// Pieces kept, some 50 MB: what comes later is computed each time.
    private static let limit = 1 << 20

    private var pieces = ByteTable()
    private var ends: [Int] = []
    private var tokens: [Int32] = []

    /// Adds the tokens of a piece to `result`, computed by `compute` where they are not known.
    mutating func append(
        _ piece: UnsafeBufferPointer<UInt8>, to result: inout [Int],
        _ compute: (UnsafeBufferPointer<UInt8>, inout [Int]) -> Void
    ) {
        if piece.count > Self.longest || (pieces.count == Self.limit && pieces.number(of: piece) == nil) {
            return compute(piece, &result)
        }
        let (number, isNew) = pieces.insert(piece)
        if isNew {
            let start = result.count
            compute(piece, &result)
            tokens.append(contentsOf: result[start...].lazy.map { Int32(truncatingIfNeeded: $0) })
            ends.append(tokens.count)
        } else {
            var position = number == 0 ? 0 : ends[number - 1]
            while position < ends[number] {
                result.append(Int(tokens[position]))
                position += 1
            }
        }
    }
}
