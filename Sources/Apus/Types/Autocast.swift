/// The type that `autocast` computes products in, in the current task.
enum Autocast {
    @TaskLocal static var current: DType?

    /// Runs `body` as if there were no `autocast` around: what an operation calls to compute its values or gradients.
    @inline(__always)
    static func pausing<R>(_ body: () throws -> R) rethrows -> R {
        if Observers.areNone || current == nil { return try body() }
        return try Autocast.$current.withValue(nil, operation: body)
    }

    /// The inputs in the types in which an operation computes. float64, complex numbers and integers stay as they are.
    static func converted(_ inputs: [Tensor], for primitive: any Primitive) -> [Tensor] {
        guard let low = current else { return inputs }
        let target: DType
        switch primitive.types.autocast {
        case .low: target = low
        case .wide: target = .float32
        case .widest: return inputs
        }
        return inputs.map { $0.dtype == .float32 || $0.dtype.isHalf ? $0.to(target) : $0 }
    }
}

/// Runs `body` in mixed precision: within it products and convolutions of float32 tensors are computed in a 16-bit type,
/// and reductions, norms, losses and exponentials in float32, as each operation's `TypeRule` says.
///
/// Parameters stay as they are, and so do the types of their gradients. Backward passes belong outside: they compute in
/// the types that the forward pass had.
///
/// ```swift
/// let loss = autocast(.bfloat16) { model(images).softmaxCrossEntropy(labels) }
/// loss.backward()
/// ```
///
/// Processors without instructions for the type convert it to float32 for each product.
///
/// - Parameter dtype: bfloat16 or float16.
public func autocast<R>(
    _ dtype: DType = .bfloat16, file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> R
) rethrows -> R {
    if !dtype.isHalf {
        fail(
            "autocast", "computes in bfloat16 or float16, not in \(dtype)",
            at: CallSite(file: file, line: line))
    }
    return try Observers.during { try Autocast.$current.withValue(dtype, operation: body) }
}
