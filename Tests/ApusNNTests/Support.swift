import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// sin(first), sin(first + 1), … in float32: inputs that PyTorch's side of a comparison has too.
func wave(_ shape: Shape, from first: Int = 0) -> Tensor {
    let count = shape.elementCount
    return Tensor((first..<(first + count)).map { Double($0) }, shape: shape, dtype: .float64).sin()
        .to(.float32)
}

/// Expects float32 elements within rounding of PyTorch's.
func expect(
    _ found: Tensor, equals expected: [Double], _ comment: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let problem = difference(
        found.reshape([found.count]), Tensor(expected, shape: [expected.count], dtype: .float64),
        relative: 2e-5, absolute: 2e-6)
    #expect(problem == nil, "\(comment) \(problem ?? "")", sourceLocation: sourceLocation)
}

/// What a process that ended wrote to its standard error.
func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}

extension Module {
    /// The same with float64 parameters and buffers, drawn at random: no weight, variance or mean is one that an
    /// untrained model starts with.
    func scattered(seed: UInt64 = 1) -> Self {
        let generator = RandomGenerator(seed: seed)
        for parameter in parameters() {
            parameter.value = .uniform(
                parameter.shape, low: -1, high: 1, dtype: .float64, using: generator)
        }
        for (name, buffer) in namedBuffers() where buffer.value.dtype != .int64 {
            let isVariance = name.hasSuffix("running_var")
            buffer.value = .uniform(
                buffer.shape, low: isVariance ? 0.5 : -1, high: isVariance ? 3 : 1, dtype: .float64,
                using: generator)
        }
        return self
    }
}

/// Expects the same shape and, but for rounding, the same elements.
func expectClose(
    _ found: Tensor, _ expected: Tensor, _ comment: String = "", relative: Double = 1e-10,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.shape == expected.shape, "\(comment)", sourceLocation: sourceLocation)
    let problem = difference(found, expected, relative: relative, absolute: relative)
    #expect(problem == nil, "\(comment) \(problem ?? "")", sourceLocation: sourceLocation)
}
