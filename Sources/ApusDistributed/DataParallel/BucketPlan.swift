import Apus

/// Which elements of which gradients are summed together: in buckets of one type each, in the order in which
/// they are full.
///
/// A gradient may lie in several buckets.
struct BucketPlan: Equatable {
    /// A stretch of a gradient's elements in row-major order.
    struct Piece: Equatable {
        let parameter: Int
        let elements: Range<Int>
        /// Where the first of them is in the bucket.
        let start: Int
    }

    struct Bucket: Equatable {
        let dtype: DType
        var count = 0
        var pieces: [Piece] = []
    }

    private(set) var buckets: [Bucket] = []

    /// How many bytes a bucket has at most.
    enum Size {
        /// All as many: they wait for nothing.
        case even(Int)
        /// For gradients that are sent while others are computed. The first bucket is small, so that sending
        /// begins early. Then each takes half of what remains, within bounds: what is left to send after the
        /// last gradient is little.
        case tapering(least: Int, most: Int)

        /// Gradients that are sent between nodes.
        static func betweenNodes(most: Int = mostBetweenNodes) -> Size {
            .tapering(least: min(most, 1 << 20), most: most)
        }
        static let mostBetweenNodes = 25 << 20
        static let mostWithinNode = 4 << 20

        /// - Parameter remaining: the bytes of what is in no bucket yet.
        func limit(isFirst: Bool, remaining: Int) -> Int {
            switch self {
            case .even(let bytes): bytes
            case .tapering(let least, let most): isFirst ? least : min(max(remaining / 2, least), most)
            }
        }
    }

    /// - Parameters:
    ///   - forms: the parameters' counts and types.
    ///   - order: their indices, each once: the order in which gradients are there.
    init(of forms: [(count: Int, dtype: DType)], in order: [Int], _ size: Size) {
        var open: [DType: (bucket: Bucket, limit: Int)] = [:]
        var remaining: [DType: Int] = [:]
        for form in forms { remaining[form.dtype, default: 0] += form.count * form.dtype.size }
        var isFirst = true
        for parameter in order {
            let (count, dtype) = forms[parameter]
            var start = 0
            while start < count {
                if open[dtype] == nil {
                    let bytes = size.limit(isFirst: isFirst, remaining: remaining[dtype]!)
                    open[dtype] = (Bucket(dtype: dtype), max(1, bytes / dtype.size))
                    isFirst = false
                }
                var (bucket, limit) = open[dtype]!
                let length = min(count - start, limit - bucket.count)
                bucket.pieces.append(
                    Piece(parameter: parameter, elements: start..<start + length, start: bucket.count))
                bucket.count += length
                start += length
                remaining[dtype]! -= length * dtype.size
                if bucket.count == limit || remaining[dtype] == 0 {
                    buckets.append(bucket)
                    open[dtype] = nil
                } else {
                    open[dtype] = (bucket, limit)
                }
            }
        }
    }
}

extension BucketPlan.Bucket {
    var byteCount: Int { count * dtype.size }

    /// Copies the elements of one piece; `gradient` is row-major, or it is copied for each.
    func fill(_ memory: UnsafeMutableRawPointer, _ piece: BucketPlan.Piece, from gradient: Tensor?) {
        let target = memory + piece.start * dtype.size
        let byteCount = piece.elements.count * dtype.size
        guard let gradient else {
            target.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
            return
        }
        gradient.withUnsafeBytes {
            target.copyMemory(
                from: $0.baseAddress! + piece.elements.lowerBound * dtype.size, byteCount: byteCount)
        }
    }

    /// Copies elements of the bucket to where they belong in the gradients; what is nil stays nil.
    func copy(
        _ range: Range<Int>, of memory: UnsafeMutableRawPointer, to gradients: inout [Tensor?]
    ) {
        withGradients(of: range, in: &gradients) { part, gradient in
            let start = part.lowerBound * dtype.size
            (gradient + start).copyMemory(from: memory + start, byteCount: part.count * dtype.size)
        }
    }

    /// Gives `body` those elements in `range` that are of one gradient, for each that is there: their numbers in the bucket, and an
    /// address from which they are as far as from the bucket's own.
    func withGradients(
        of range: Range<Int>, in gradients: inout [Tensor?],
        _ body: (Range<Int>, UnsafeMutableRawPointer) -> Void
    ) {
        for piece in pieces where gradients[piece.parameter] != nil {
            let part = range.clamped(to: piece.start..<piece.start + piece.elements.count)
            if part.isEmpty { continue }
            gradients[piece.parameter]!.withUnsafeMutableBytes {
                body(part, $0.baseAddress! + (piece.elements.lowerBound - piece.start) * dtype.size)
            }
        }
    }
}
