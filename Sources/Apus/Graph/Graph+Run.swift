extension Graph {
    /// The outputs for these inputs, by the same operations as were traced: the same bits as the code's.
    ///
    /// Gradients flow to the inputs, and to parameters as far as they wanted one when they were traced.
    ///
    /// - Parameter inputs: in the types and shapes of those that were traced, and on their devices.
    /// - Throws: `GraphError` where inputs do not fit, or an operation does not take their values.
    public func run(_ inputs: [Tensor]) throws -> [Tensor] {
        try check(inputs)
        var tensors = [Tensor?](repeating: nil, count: values.count)
        for (number, input) in zip(self.inputs, inputs) { tensors[number] = input }
        for (number, tensor) in constants { tensors[number] = tensor }
        try apply(to: &tensors, lastUses())
        return outputs.map { tensors[$0]! }
    }

    /// Applies the operations to the values that are there.
    ///
    /// - Parameter lastUses: after which application each value goes.
    func apply(to tensors: inout [Tensor?], _ lastUses: [Int]) throws {
        for (number, application) in applications.enumerated() {
            let operands = application.inputs.map { tensors[$0]! }
            let results: [Tensor]
            do {
                // The graph holds the conversions that it was traced with. What has no inputs is made where it was then.
                results = try Autocast.pausing {
                    operands.isEmpty
                        ? try withDevice(values[application.results[0]].device) {
                            try Tensor.results(of: application.primitive, operands)
                        }
                        : try Tensor.results(of: application.primitive, operands)
                }
            } catch {
                throw GraphError.operation(application.primitive.name, "\(error)")
            }
            for (value, result) in zip(application.results, results) { tensors[value] = result }
            for value in application.inputs + application.results where lastUses[value] <= number {
                tensors[value] = nil
            }
        }
    }

    /// Parameters and constants, by their numbers.
    var constants: [(value: Int, tensor: Tensor)] {
        values.enumerated().compactMap { number, value in
            switch value.origin {
            case .parameter(_, let tensor), .constant(let tensor): (number, tensor)
            case .input, .result: nil
            }
        }
    }

    func check(_ inputs: [Tensor]) throws {
        let names = self.inputs.map { name(of: $0) }
        if inputs.count != names.count {
            let expected = self.inputs.map { "\(name(of: $0)): \(values[$0].dtype) \(values[$0].shape)" }
            throw GraphError.inputCount(expected: expected, found: inputs.count)
        }
        for (index, input) in inputs.enumerated() {
            let expected = values[self.inputs[index]]
            if input.dtype != expected.dtype {
                throw GraphError.inputType(names[index], expected: expected.dtype, found: input.dtype)
            }
            if input.shape != expected.shape {
                throw GraphError.inputShape(names[index], expected: expected.shape, found: input.shape)
            }
            if input.device != expected.device {
                throw GraphError.inputDevice(names[index], expected: expected.device, found: input.device)
            }
        }
    }

    /// After which application each value is no longer needed; those of outputs never.
    func lastUses() -> [Int] {
        var last = [Int](repeating: -1, count: values.count)
        for (number, application) in applications.enumerated() {
            for value in application.inputs { last[value] = number }
        }
        for output in outputs { last[output] = .max }
        return last
    }
}
