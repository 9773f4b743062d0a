import Apus
import Testing
import _ApusTestSupport

/// What a process that ended wrote to its standard error.
func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}

/// Expects the same shape and, but for rounding, the same elements.
func expectClose(
    _ found: Tensor, _ expected: Tensor, _ comment: String = "", relative: Double,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.shape == expected.shape, "\(comment)", sourceLocation: sourceLocation)
    let problem = difference(found, expected, relative: relative, absolute: relative)
    #expect(problem == nil, "\(comment) \(problem ?? "")", sourceLocation: sourceLocation)
}
