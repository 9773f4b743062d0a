extension Tensor {
    /// Applies an operation to tensors: its value, checked, recorded where a gradient is wanted, and written down by the
    /// trace around.
    ///
    /// - Parameter inputs: as many and in the types and shapes that the primitive wants.
    public static func apply(
        _ primitive: any SingleResult, to inputs: [Tensor], file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        apply(primitive, to: inputs, at: CallSite(file: file, line: line))
    }

    /// Applies an operation that has several results, or one that can fail on values.
    ///
    /// - Throws: what the primitive's `values(of:)` does.
    public static func results(of primitive: any Primitive, _ inputs: [Tensor]) throws -> [Tensor] {
        if !Observers.areNone { return try observed(primitive, inputs, nil) }
        if !areRecorded(inputs) { return try primitive.values(of: inputs) }
        var results = try primitive.values(of: withoutHistory(inputs))
        record(primitive, inputs, &results)
        return results
    }

    /// `apply` for operations: what it throws stops the program, as a mistake at `site`.
    static func apply(_ primitive: any SingleResult, to inputs: [Tensor], at site: CallSite?) -> Tensor {
        do {
            if isUnobserved(inputs) { return try primitive.value(of: inputs) }
            return try recorded(primitive, inputs, site)
        } catch {
            fail(primitive.name, "\(error)", at: site)
        }
    }

    /// One copy for all primitives: the optimizer, which knows at a call of `apply` which one it is, would else compile
    /// this for each.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    private static func recorded(
        _ primitive: any SingleResult, _ inputs: [Tensor], _ site: CallSite?
    ) throws -> Tensor {
        if !Observers.areNone { return try observed(primitive, inputs, site)[0] }
        var result = try primitive.value(of: withoutHistory(inputs))
        if primitive.isDifferentiable, result.dtype.isDifferentiable {
            let parents = inputs.map(\.node)
            let kept = primitive.saved(for: parents.map { $0 != nil })
            let saved = kept.isEmpty ? [] : kept.chosen(inputs, [result])
            result.node = Node(primitive, result: result, 0, parents: parents, kept, saved)
        }
        return result
    }

    /// The same for several results.
    static func applyAll(_ primitive: any Primitive, to inputs: [Tensor], at site: CallSite?) -> [Tensor] {
        do {
            if !Observers.areNone { return try observed(primitive, inputs, site) }
            return try results(of: primitive, inputs)
        } catch { fail(primitive.name, "\(error)", at: site) }
    }

    /// Whether nobody wants to know of an operation on these tensors but its values.
    @inline(__always)
    static func isUnobserved(_ inputs: [Tensor]) -> Bool { Observers.areNone && !areRecorded(inputs) }

    /// Whether a gradient is wanted of what is computed from these.
    @inline(__always)
    private static func areRecorded(_ inputs: [Tensor]) -> Bool {
        for input in inputs where input.node != nil { return GradientMode.current == .recording }
        return false
    }

    private static func withoutHistory(_ inputs: [Tensor]) -> [Tensor] {
        inputs.map { $0.detach() }
    }

    /// Values for which somebody looks: a trace, a cast, the check for NaN, another device.
    private static func observed(_ primitive: any Primitive, _ given: [Tensor], _ site: CallSite?) throws
        -> [Tensor]
    {
        let inputs = Autocast.converted(given, for: primitive)
        let device = Device.common(inputs, primitive.name, site)
        let plain = withoutHistory(inputs)
        var results = try device.during(primitive.name) {
            try Autocast.pausing {
                try NaNCheck.pausing { try Trace.pausing { try primitive.values(of: plain) } }
            }
        }
        for index in results.indices where primitive.isDifferentiable(result: index) {
            NaNCheck.inspect(primitive.name, results[index])
        }
        if areRecorded(inputs) { record(primitive, inputs, &results) }
        Trace.current?.append(primitive, inputs, results)
        return results
    }

    /// Attaches to the results how their gradients become the inputs'.
    private static func record(_ primitive: any Primitive, _ inputs: [Tensor], _ results: inout [Tensor]) {
        if !primitive.isDifferentiable { return }
        let parents = inputs.map(\.node)
        let kept = primitive.saved(for: parents.map { $0 != nil })
        let saved = kept.isEmpty ? [] : kept.chosen(inputs, results)
        for index in results.indices
        where results[index].dtype.isDifferentiable && primitive.isDifferentiable(result: index) {
            results[index].node = Node(
                primitive, result: results[index], index, parents: parents, kept, saved)
        }
    }
}
