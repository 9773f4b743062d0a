extension Module {
    /// Real numbers in all parameters, each counted once: a complex parameter's elements count two.
    public final var realParameterCount: Int {
        parameters().reduce(0) { $0 + $1.value.count * ($1.value.dtype.isComplex ? 2 : 1) }
    }
}
