/// What the generic test suite and the golden-value script need to know about an operation.
///
/// Each operation's file ends with its description; `Operation.all` lists them.
package struct Operation: Sendable {
    /// The operation's name: its file's name without the extension, with a small initial.
    package let name: String
    package let samples: [Sample]
    /// Element types the operation takes.
    package let dtypes: [DType]
    /// Whether it has a gradient; the suite checks it, and that of the gradient too.
    package let isDifferentiable: Bool
    package let isTwiceDifferentiable: Bool

    package init(
        _ name: String, dtypes: [DType] = DType.differentiable, isDifferentiable: Bool = true,
        isTwiceDifferentiable: Bool? = nil, _ samples: [Sample]
    ) {
        self.name = name
        self.dtypes = dtypes
        self.isDifferentiable = isDifferentiable
        self.isTwiceDifferentiable = isTwiceDifferentiable ?? isDifferentiable
        self.samples = samples
    }

    /// One call to try: inputs, the call in Apus, the same in PyTorch.
    package struct Sample: Sendable {
        package let inputs: [Input]
        /// A PyTorch expression in the inputs `x`, `y`, `z`, `u`, `v`, `w`, `a`, `b`, `c`.
        package let reference: String
        package let call: @Sendable ([Tensor]) -> Tensor

        /// Whether the gradient is the derivative; a few are another by convention, such as that of padding.
        package let hasTrueGradient: Bool

        package init(
            _ reference: String, _ inputs: [Input], hasTrueGradient: Bool = true,
            _ call: @escaping @Sendable ([Tensor]) -> Tensor
        ) {
            self.inputs = inputs
            self.hasTrueGradient = hasTrueGradient
            self.reference = reference
            self.call = call
        }
    }

    /// A random input: uniform over `low..<high`; integers where the operation wants indices.
    package struct Input: Sendable {
        package let shape: Shape
        package let low: Double
        package let high: Double
        /// A type this input has whatever the others are (int64 indices, bool masks); it gets no gradient.
        package let fixedDType: DType?

        package init(_ shape: Shape, _ low: Double = -2, _ high: Double = 2, dtype: DType? = nil) {
            self.shape = shape
            self.low = low
            self.high = high
            fixedDType = dtype
        }
    }
}

extension DType {
    /// Every type that has gradients.
    package static let differentiable: [DType] = [
        .float32, .float64, .bfloat16, .float16, .complex64, .complex128,
    ]
    package static let realFloating: [DType] = [.float32, .float64, .bfloat16, .float16]
    package static let integers: [DType] = [.int64, .int32, .uint8]
    package static let everything: [DType] = DType.allCases
    package static let numeric: [DType] = DType.allCases.filter { $0 != .bool }
    package static let real: [DType] = DType.allCases.filter { !$0.isComplex }
}

extension [Tensor] {
    /// One of the results of a sample's operation. Inputs of another shape than the sample's may have fewer, which an
    /// array's subscript would not say in optimized code.
    func part(_ index: Int) -> Tensor {
        if !indices.contains(index) { fail("part", "there is no part \(index) among \(count)") }
        return self[index]
    }
}
