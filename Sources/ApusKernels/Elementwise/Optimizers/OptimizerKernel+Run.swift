import ApusCore
import ApusKernelBase

extension OptimizerKernel {
    /// Elements that a thread steps at a time. Sums are of such pieces, so that they do not depend on the number of
    /// threads.
    private static let pieceLength = 16_384

    /// Steps all arrays, of elements of `dtype` (float32 or float64), in one parallel region: many small parameters cost
    /// one hand-over to the threads.
    ///
    /// - Returns: what the formula adds up over each of the arrays.
    package func run(_ list: [OptimizerArrays], _ dtype: DType) -> [SIMD2<Double>] {
        let block = dtype == .float32 ? float : double
        var pieces: [(array: Int, range: Range<Int>)] = []
        for (index, arrays) in list.enumerated() {
            for start in stride(from: 0, to: arrays.count, by: Self.pieceLength) {
                pieces.append((index, start..<min(start + Self.pieceLength, arrays.count)))
            }
        }
        if pieces.isEmpty { return Array(repeating: .zero, count: list.count) }
        let elements = list.reduce(0) { $0 + $1.count }
        return withUnsafeTemporaryAllocation(of: SIMD2<Double>.self, capacity: pieces.count) { sums in
            Parallel.tasks(pieces.count, cost: elements / pieces.count) { index in
                let piece = pieces[index]
                (sums.baseAddress! + index).initialize(to: block(list[piece.array], piece.range))
            }
            var totals = [SIMD2<Double>](repeating: .zero, count: list.count)
            for (index, piece) in pieces.enumerated() { totals[piece.array] += sums[index] }
            return totals
        }
    }

    /// A formula from its loops, generic over the type.
    init(
        _ name: String, slots: Int, _ float: @escaping @Sendable (StepElements<Float>) -> Void,
        _ double: @escaping @Sendable (StepElements<Double>) -> Void
    ) {
        self.init(
            name, slots: slots,
            float: {
                float(StepElements($0, $1))
                return .zero
            },
            double: {
                double(StepElements($0, $1))
                return .zero
            })
    }

    /// A formula that adds up two numbers.
    init(
        _ name: String, slots: Int, summing float: @escaping @Sendable (StepElements<Float>) -> SIMD2<Double>,
        _ double: @escaping @Sendable (StepElements<Double>) -> SIMD2<Double>
    ) {
        self.init(
            name, slots: slots, float: { float(StepElements($0, $1)) },
            double: { double(StepElements($0, $1)) })
    }
}

/// A piece of a parameter's memory with its type.
struct StepElements<T: RowElement> {
    private let arrays: OptimizerArrays
    private let range: Range<Int>

    @inline(__always)
    init(_ arrays: OptimizerArrays, _ range: Range<Int>) {
        self.arrays = arrays
        self.range = range
    }

    @inline(__always) var count: Int { range.count }

    /// The parameter's values.
    @inline(__always) var values: UnsafeMutablePointer<T> {
        arrays.values.assumingMemoryBound(to: T.self) + range.lowerBound
    }

    @inline(__always) var gradient: UnsafePointer<T> {
        arrays.gradient.assumingMemoryBound(to: T.self) + range.lowerBound
    }

    @inline(__always)
    func slot(_ index: Int) -> UnsafeMutablePointer<T> {
        arrays.slots[index].assumingMemoryBound(to: T.self) + range.lowerBound
    }

    /// What is kept beside the elements: all of it, not the piece's.
    @inline(__always)
    func wholeSlot(_ index: Int) -> UnsafeMutablePointer<T> {
        arrays.slots[index].assumingMemoryBound(to: T.self)
    }

    /// Where in the parameter the piece begins.
    @inline(__always) var first: Int { range.lowerBound }

    /// A coefficient that is a whole number.
    @inline(__always)
    func whole(_ coefficient: Int) -> Int { Int(arrays.coefficients[coefficient]) }

    @inline(__always)
    subscript(coefficient: Int) -> T { T(arrays.coefficients[coefficient]) }

    /// 1 minus a coefficient, rounded once.
    @inline(__always)
    func rest(_ coefficient: Int) -> T { T(1 - arrays.coefficients[coefficient]) }
}
