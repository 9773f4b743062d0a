/// Something to time, known by name to both sides of the comparison.
///
/// `bench/peers/` must have a benchmark of the same name: what is measured has to be the same.
struct Benchmark: Sendable {
    /// `family`, and the sizes after it: `add 1e5`, `matmul NT 1024x1024x1024`.
    let name: String
    /// The least that one iteration has to do; nil where nobody has counted it.
    let work: Work?
    /// Makes the inputs, and gives back what is timed: one iteration.
    let prepare: @Sendable () throws -> () -> Void

    init(_ name: String, work: Work? = nil, prepare: @escaping @Sendable () throws -> () -> Void) {
        self.name = name
        self.work = work
        self.prepare = prepare
    }
}

/// What bounds the time of an iteration: arithmetic, or memory.
enum Work: Sendable {
    /// Multiplications and additions, as the plain algorithm has them.
    case operations(Int)
    /// Bytes of memory, read and written.
    case bytes(Int)
}

/// Keeps the optimizer from dropping a result that nobody reads.
@inline(never)
@_optimize(none)
func consume<Value>(_ value: Value) {}
