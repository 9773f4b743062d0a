extension Graph {
    /// The graph for inference: parameters are constants, what depends on constants alone is computed, batch
    /// normalisations are folded into the products before them, and activations are applied by the operations before
    /// them.
    ///
    /// Results differ from this graph's by rounding.
    public func fused() -> Graph {
        var editor = GraphEditor(self)
        editor.computeConstants()
        editor.foldChannelAffines()
        editor.fuseActivations()
        return editor.graph
    }

    /// With weights prepared for the processor.
    func packed() -> Graph {
        var editor = GraphEditor(self)
        editor.packConstants()
        return editor.graph
    }
}

/// Changes a graph's applications one by one.
struct GraphEditor {
    private var values: [Graph.Value]
    /// nil where an application was taken out.
    private var applications: [Graph.Application?]
    private let inputs: [Int]
    private var outputs: [Int]

    init(_ graph: Graph) {
        values = graph.values.map { value in
            guard case .parameter(_, let tensor) = value.origin else { return value }
            return Graph.Value(.constant(tensor), value)
        }
        applications = graph.applications
        inputs = graph.inputs
        outputs = graph.outputs
    }

    var graph: Graph {
        Graph(values: values, applications: applications.compactMap { $0 }, inputs: inputs, outputs: outputs)
            .withoutDeadCode()
    }

    // MARK: Steps

    /// Computes what depends on constants alone. What depends on nothing at all, as random numbers, stays.
    mutating func computeConstants() {
        for (number, application) in applications.enumerated() {
            guard let application, !application.inputs.isEmpty else { continue }
            let operands = application.inputs.map { constant($0) }
            guard !operands.contains(where: { $0 == nil }),
                let results = try? withoutGradient({
                    try Tensor.results(of: application.primitive, operands.map { $0! })
                })
            else { continue }
            for (value, result) in zip(application.results, results) { makeConstant(value, result) }
            applications[number] = nil
        }
    }

    /// Folds what scales and moves channels into the product before it.
    mutating func foldChannelAffines() {
        for number in applications.indices {
            guard let application = applications[number],
                let affine = application.primitive as? any ChannelAffinePrimitive,
                let factors = affine.scaleAndShift(application.inputs.map { constant($0) }),
                let chain = product(before: application.inputs[0]),
                let weight = constant(applications[chain.product]!.inputs[1])
            else { continue }
            let result = application.results[0]
            let product = applications[chain.product]!
            let dtype = values[product.results[0]].dtype
            let channels = factors.scale.count
            let (scaled, shift) = withoutGradient { () -> (Tensor, Tensor) in
                let before = chain.bias.map { constant($0)!.reshape([channels]) * factors.scale }
                return (
                    chain.primitive.scaled(weight, by: factors.scale).to(weight.dtype),
                    (before.map { $0 + factors.shift } ?? factors.shift).to(dtype)
                )
            }
            let rank = values[result].shape.count
            if let biased = chain.primitive.withBias() {
                var primitive: any Primitive = biased
                if affine.activation != .none {
                    guard
                        let activated = (biased as? any ActivatedPrimitive)?
                            .with(activation: affine.activation, of: dtype)
                    else { continue }
                    primitive = activated
                }
                applications[number] = Graph.Application(
                    primitive: primitive,
                    inputs: [product.inputs[0], addConstant(scaled), addConstant(shift)], results: [result])
            } else {
                if affine.activation != .none { continue }
                // The product without a bias keeps its place, and the shift is added where the affine was.
                applications[chain.product] = Graph.Application(
                    primitive: product.primitive, inputs: [product.inputs[0], addConstant(scaled)],
                    results: product.results)
                let column = shift.reshape([channels] + [Int](repeating: 1, count: rank - 2))
                applications[number] = Graph.Application(
                    primitive: Add(), inputs: [product.results[0], addConstant(column)], results: [result])
                if let addition = chain.addition { applications[addition] = nil }
                continue
            }
            applications[chain.product] = nil
            if let addition = chain.addition { applications[addition] = nil }
        }
    }

    /// What makes a value that nothing else uses: a product with weights and without activation, with a number added to
    /// each channel or without.
    private func product(before value: Int)
        -> (product: Int, primitive: any ScalablePrimitive, bias: Int?, addition: Int?)?
    {
        guard let last = onlyProducer(of: value), let application = applications[last] else { return nil }
        let shape = values[value].shape
        if let primitive = application.primitive as? any ScalablePrimitive {
            if let activated = application.primitive as? any ActivatedPrimitive,
                activated.activation != .none
            {
                return nil
            }
            if primitive.channelAxis(shape) != 1 { return nil }
            if !primitive.hasBias { return (last, primitive, nil, nil) }
            return constant(application.inputs[2]) == nil
                ? nil : (last, primitive, application.inputs[2], nil)
        }
        guard application.primitive is Add, let bias = application.inputs.last, let added = constant(bias),
            added.shape == [shape[1]] + shape.dropFirst(2).map({ _ in 1 }),
            let first = onlyProducer(of: application.inputs[0]),
            let primitive = applications[first]!.primitive as? any ScalablePrimitive,
            !primitive.hasBias, primitive.channelAxis(shape) == 1
        else { return nil }
        return (first, primitive, bias, last)
    }

    /// Has operations apply the activation that follows them.
    mutating func fuseActivations() {
        for number in applications.indices {
            guard let application = applications[number],
                let activation = application.primitive as? any ActivationPrimitive,
                let producer = onlyProducer(of: application.inputs[0]),
                let before = applications[producer]!.primitive as? any ActivatedPrimitive,
                before.activation == .none,
                let activated = before.with(
                    activation: activation.activation, of: values[application.results[0]].dtype)
            else { continue }
            let old = applications[producer]!
            var results = old.results
            results[0] = application.results[0]
            applications[producer] = nil
            applications[number] = Graph.Application(
                primitive: activated, inputs: old.inputs, results: results)
        }
    }

    mutating func packConstants() {
        for (number, application) in applications.enumerated() {
            guard let application, let primitive = application.primitive as? any PackablePrimitive,
                let (packed, kept) = primitive.packed(
                    application.inputs.map { constant($0) },
                    shapes: application.inputs.map { values[$0].shape })
            else { continue }
            applications[number] = Graph.Application(
                primitive: packed, inputs: kept.map { application.inputs[$0] }, results: application.results)
        }
    }

    // MARK: Looking

    private func constant(_ value: Int) -> Tensor? {
        if case .constant(let tensor) = values[value].origin { return tensor }
        return nil
    }

    /// The application that makes a value as its first result, where nothing else uses any of its results.
    private func onlyProducer(of value: Int) -> Int? {
        if outputs.contains(value) { return nil }
        let uses = applications.reduce(0) { $0 + ($1?.inputs.count { $0 == value } ?? 0) }
        guard uses == 1,
            let producer = applications.firstIndex(where: { $0?.results.first == value }),
            let application = applications[producer]
        else { return nil }
        let others = application.results.dropFirst()
        let isAlone = !applications.contains { other in
            other?.inputs.contains { others.contains($0) } ?? false
        }
        return isAlone && !outputs.contains(where: { others.contains($0) }) ? producer : nil
    }

    // MARK: Changing

    private mutating func makeConstant(_ value: Int, _ tensor: Tensor) {
        values[value] = Graph.Value(.constant(tensor.detach()), like: tensor)
    }

    private mutating func addConstant(_ tensor: Tensor) -> Int {
        values.append(Graph.Value(.constant(tensor.detach()), like: tensor))
        return values.count - 1
    }
}
