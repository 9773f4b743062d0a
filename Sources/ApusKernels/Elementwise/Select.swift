import ApusKernelBase
import ApusCore

/// Elements of `a` where `mask` is true, of `b` elsewhere: by size, whatever they mean.
///
/// `a`, `b` and the result have one type and, like `mask` (booleans), the result's shape.
package func selectElements(_ mask: Operand, _ a: Operand, _ b: Operand, into result: Operand) {
    switch result.dtype.size {
    case 1: select(mask, a, b, result, UInt8.self)
    case 2: select(mask, a, b, result, UInt16.self)
    case 4: select(mask, a, b, result, UInt32.self)
    case 8: select(mask, a, b, result, UInt64.self)
    default: select(mask, a, b, result, WideElement.self)
    }
}

@inline(__always)
private func select<E>(_ mask: Operand, _ a: Operand, _ b: Operand, _ result: Operand, _: E.Type) {
    forEachBlock([mask, a, b], as: [.bool, a.dtype, a.dtype], into: result, a.dtype) { inputs, output, n in
        let mask = inputs[0].assumingMemoryBound(to: UInt8.self)
        let a = inputs[1].assumingMemoryBound(to: E.self)
        let b = inputs[2].assumingMemoryBound(to: E.self)
        let output = output.assumingMemoryBound(to: E.self)
        // Both are read: of one or the other the compiler would choose the address, and gather element by element.
        for i in 0..<n {
            let (a, b) = (a[i], b[i])
            output[i] = mask[i] != 0 ? a : b
        }
    }
}
