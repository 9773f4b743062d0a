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
        if isUnobserved(inputs) { return try primitive.values(of: inputs) }
        return try observed(primitive, inputs)
    }

    /// `apply` for operations: what it throws stops the program, as a mistake at `site`.
    static func apply(_ primitive: any SingleResult, to inputs: [Tensor], at site: CallSite?) -> Tensor {
        do {
            if isUnobserved(inputs) { return try primitive.value(of: inputs) }
            return try observed(primitive, inputs)[0]
        } catch {
            fail(primitive.name, "\(error)", at: site)
        }
    }

    /// The same for several results.
    static func applyAll(_ primitive: any Primitive, to inputs: [Tensor], at site: CallSite?) -> [Tensor] {
        do { return try results(of: primitive, inputs) } catch { fail(primitive.name, "\(error)", at: site) }
    }

    /// Whether nobody wants to know of an operation on these tensors but its values.
    @inline(__always)
    static func isUnobserved(_ inputs: [Tensor]) -> Bool {
        if !Observers.areNone { return false }
        for input in inputs where input.node != nil { return GradientMode.current != .recording }
        return true
    }

    /// Values for which somebody looks: the tape, a trace or the check for NaN.
    private static func observed(_ primitive: any Primitive, _ given: [Tensor]) throws -> [Tensor] {
        let inputs = Autocast.converted(given, for: primitive)
        let device = Device.common(inputs, primitive.name)
        let plain = inputs.map { $0.node == nil ? $0 : $0.detach() }
        var results = try device.during {
            try Autocast.pausing {
                try NaNCheck.pausing { try Trace.pausing { try primitive.values(of: plain) } }
            }
        }
        for index in results.indices where primitive.isDifferentiable(result: index) {
            NaNCheck.inspect(primitive.name, results[index])
        }
        attach(primitive, inputs, &results)
        Trace.current?.append(primitive, inputs, results)
        return results
    }

    /// Attaches to the results how their gradients become the inputs', if any input wants one.
    private static func attach(_ primitive: any Primitive, _ inputs: [Tensor], _ results: inout [Tensor]) {
        guard primitive.isDifferentiable, inputs.contains(where: { $0.node != nil }),
            GradientMode.current == .recording
        else { return }
        let parents = inputs.map(\.node)
        let kept = primitive.saved(for: parents.map { $0 != nil })
        let saved = kept.chosen(inputs, results)
        for index in results.indices
        where results[index].dtype.isDifferentiable && primitive.isDifferentiable(result: index) {
            results[index].node = Node(
                primitive, result: results[index], index, parents: parents, kept, saved)
        }
    }
}
