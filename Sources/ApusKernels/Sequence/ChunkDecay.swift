import ApusKernelBase

/// By how much a chunk's steps let go of what was before them.
///
/// The logarithms are added up in double precision: what is left between two steps is the exponential of a difference, of which
/// little may be left after large sums. A logarithm below -800, of which nothing is left in any type, counts as -800, so that
/// differences of infinities do not come up.
struct ChunkDecay<T: RowElement> {
    /// Whether there is any; else nothing below is read.
    let isThere: Bool
    /// The number of elements that it keeps.
    static func elementCount(_ chunk: Int) -> Int { 5 * chunk }

    /// What is left of the state before the chunk at each step, and of each step after the chunk.
    let fromStart, toEnd: UnsafeMutablePointer<T>
    /// What is left of some steps at a later one, after `weigh`.
    let weights: UnsafeMutablePointer<T>
    /// What is left of the state before the chunk after it.
    private(set) var whole: T = 1
    private let logDecay: UnsafePointer<T>?
    private let sums: UnsafeMutablePointer<Double>

    /// - Parameter logDecay: of all steps of a sequence.
    init(_ logDecay: UnsafePointer<T>?, _ memory: UnsafeMutablePointer<T>, chunk: Int) {
        isThere = logDecay != nil
        self.logDecay = logDecay
        (fromStart, toEnd, weights) = (memory, memory + chunk, memory + 2 * chunk)
        sums = UnsafeMutableRawPointer(memory + 3 * chunk).assumingMemoryBound(to: Double.self)
    }

    /// Reads the steps of a chunk.
    @inline(__always)
    mutating func read(_ start: Int, _ count: Int) {
        guard let logDecay else { return }
        var sum = 0.0
        for i in 0..<count {
            sum += max(Double(logDecay[start + i]), -800)
            sums[i] = sum
        }
        for i in 0..<count { (fromStart[i], toEnd[i]) = (T(sums[i]), T(sum - sums[i])) }
        for i in 0..<count { fromStart[i] = T.exponential(fromStart[i]) }
        for i in 0..<count { toEnd[i] = T.exponential(toEnd[i]) }
        whole = T.exponential(T(sum))
    }

    /// Works out what is left of the steps of the chunk up to one at that one.
    @inline(__always)
    func weigh(_ step: Int) {
        let sum = sums[step]
        for i in 0...step { weights[i] = T(sum - sums[i]) }
        for i in 0...step { weights[i] = T.exponential(weights[i]) }
    }

    /// Multiplies rows by a number each.
    @inline(__always)
    func scale(_ x: UnsafeMutablePointer<T>, _ stride: Int, _ count: Int, by factors: UnsafePointer<T>) {
        if !isThere { return }
        for row in 0..<count {
            let (x, factor) = (x + row * stride, factors[row])
            for i in 0..<stride { x[i] *= factor }
        }
    }

    /// Lets go of what a chunk leaves nothing of, in the state before it.
    @inline(__always)
    func scale(_ state: UnsafeMutablePointer<T>, _ count: Int) {
        if !isThere { return }
        for i in 0..<count { state[i] *= whole }
    }
}
