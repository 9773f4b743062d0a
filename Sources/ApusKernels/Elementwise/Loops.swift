import ApusKernelBase
import ApusCore

// The loops of elementwise kernels. Each call is specialised for its closure, which therefore vectorises.

@inline(__always)
func map<A: KernelElement, R: KernelElement>(_ f: @escaping @Sendable (A) -> R) -> UnaryKernel.Entry {
    .init(
        input: A.dtype, output: R.dtype,
        block: .init { a, r, n in
            let a = a.assumingMemoryBound(to: A.self)
            let r = r.assumingMemoryBound(to: R.self)
            for i in 0..<n { r[i] = f(a[i]) }
        })
}

@inline(__always)
func map<A: KernelElement, R: KernelElement>(_ f: @escaping @Sendable (A, A) -> R) -> BinaryKernel.Entry {
    .init(
        input: A.dtype, output: R.dtype,
        block: .init { a, b, r, n in
            let a = a.assumingMemoryBound(to: A.self)
            let b = b.assumingMemoryBound(to: A.self)
            let r = r.assumingMemoryBound(to: R.self)
            for i in 0..<n { r[i] = f(a[i], b[i]) }
        })
}

/// Like `map`, with loops for one number beside an array too: for functions that take less time than
/// reading an operand does. Their large results are streamed past the caches.
@inline(__always)
func mapNumbers<A: KernelElement>(_ f: @escaping @Sendable (A, A) -> A) -> BinaryKernel.Entry {
    let entry = map(f)
    var block = entry.block
    block.runNumber = { a, number, r, n, isFirst in
        let a = a.assumingMemoryBound(to: A.self)
        let r = r.assumingMemoryBound(to: A.self)
        let number = number.loadUnaligned(as: A.self)
        if isFirst {
            for i in 0..<n { r[i] = f(number, a[i]) }
        } else {
            for i in 0..<n { r[i] = f(a[i], number) }
        }
    }
    return .init(input: entry.input, output: entry.output, block: block)
}

@inline(__always)
func map<A: KernelElement, R: KernelElement>(_ f: @escaping @Sendable (A, A, A) -> R) -> TernaryKernel.Entry {
    .init(
        input: A.dtype, output: R.dtype,
        block: .init { a, b, c, r, n in
            let a = a.assumingMemoryBound(to: A.self)
            let b = b.assumingMemoryBound(to: A.self)
            let c = c.assumingMemoryBound(to: A.self)
            let r = r.assumingMemoryBound(to: R.self)
            for i in 0..<n { r[i] = f(a[i], b[i], c[i]) }
        })
}
