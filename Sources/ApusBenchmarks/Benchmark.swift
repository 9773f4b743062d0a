/// Something to time, known by name to both sides of the comparison.
///
/// `bench/peers/` must have a benchmark of the same name: what is measured has to be the same.
struct Benchmark: Sendable {
    /// `family`, and the sizes after it: `add 1e5`, `matmul NT 1024x1024x1024`.
    let name: String
    /// Makes the inputs, and gives back what is timed: one iteration.
    let prepare: @Sendable () throws -> () -> Void

    init(_ name: String, prepare: @escaping @Sendable () throws -> () -> Void) {
        self.name = name
        self.prepare = prepare
    }
}

/// Keeps the optimizer from dropping a result that nobody reads.
@inline(never)
@_optimize(none)
func consume<Value>(_ value: Value) {}
