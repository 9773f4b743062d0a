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

/// Expects the same shape and, but for rounding, the same elements.
func expectClose(
    _ found: Tensor, _ expected: Tensor, _ comment: String = "", relative: Double = 1e-10,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.shape == expected.shape, "\(comment)", sourceLocation: sourceLocation)
    let problem = difference(found, expected, relative: relative, absolute: relative)
    #expect(problem == nil, "\(comment) \(problem ?? "")", sourceLocation: sourceLocation)
}
