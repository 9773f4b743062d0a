import Apus
import ApusNN

// What optimizers share that update parameters where they lie.

/// Stops the program where a parameter has a type that steps are not computed in.
func checkTypes(_ parameters: [Parameter], of optimizer: String) {
    let types: [DType] = [.float32, .float64, .complex64, .complex128]
    for (index, parameter) in parameters.enumerated() where !types.contains(parameter.value.dtype) {
        fail(
            optimizer,
            "parameter \(index) is \(parameter.value.dtype); it takes "
                + types.map { "\($0)" }.joined(separator: ", "))
    }
}

extension Tensor {
    /// Elements, of complex numbers both parts.
    var realCount: Int { dtype.isComplex ? 2 * count : count }
}

extension UnsafeMutableRawBufferPointer {
    func start<T>(_: T.Type) -> UnsafeMutablePointer<T> { baseAddress!.assumingMemoryBound(to: T.self) }
}

extension UnsafeRawBufferPointer {
    func start<T>(_: T.Type) -> UnsafePointer<T> { baseAddress!.assumingMemoryBound(to: T.self) }
}
