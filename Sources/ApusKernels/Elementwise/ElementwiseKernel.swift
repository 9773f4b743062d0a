import ApusKernelBase
import ApusCore

// The loops over contiguous elements. They are structures because a closure stored in a generic
// property would take its arguments indirectly, and loops behind that do not vectorise.

/// Computes contiguous elements: input address, output address, count.
public struct UnaryBlock: Sendable {
    let run: @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
}

/// Computes contiguous elements: input addresses, output address, count.
public struct BinaryBlock: Sendable {
    let run: @Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
    /// The same with one number as the right operand, or the left one where the last argument says so; nil
    /// where the number must be spread over an array instead.
    var runNumber:
        (@Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int, Bool) -> Void)?
}

/// Computes contiguous elements: input addresses, output address, count.
public struct TernaryBlock: Sendable {
    let run:
        @Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
}

/// An elementwise function: for each type it computes in, a loop over contiguous elements.
///
/// Strides, broadcasting, conversion and threads are the driver's business (`run`), the same for all.
public struct ElementwiseKernel<Block: Sendable>: Sendable {
    struct Entry: Sendable {
        let input: DType
        let output: DType
        let block: Block
    }

    /// What messages call it.
    public let name: String
    private let entries: [Entry?]
    @usableFromInline let types: KernelTypes

    init(_ name: String, _ list: Entry...) {
        self.name = name
        var entries = [Entry?](repeating: nil, count: DType.allCases.count)
        for entry in list { entries[Int(entry.input.rawValue)] = entry }
        self.entries = entries
        types = KernelTypes(list.map { ($0.input, $0.output) })
    }

    @inline(__always)
    func entry(_ compute: DType) -> Entry? { entries[Int(compute.rawValue)] }

    /// Whether elements of this type can be computed (16-bit floats through float32).
    @inlinable
    public func supports(_ dtype: DType) -> Bool { types.contains(dtype.computeType) }

    /// The type of the result for inputs of `dtype`.
    @inlinable
    public func outputType(_ dtype: DType) -> DType {
        let compute = dtype.computeType
        guard types.contains(compute) else { return dtype }
        let output = types.output(compute)
        return output == compute ? dtype : output
    }
}

/// Which types a kernel computes in, and those of its results. Every operation asks that first: looking through the
/// loops, which are generic, would take longer than adding a thousand numbers.
@usableFromInline
struct KernelTypes: Sendable {
    @usableFromInline var inputs: UInt16 = 0
    /// Four bits for each type.
    @usableFromInline var outputs: UInt64 = 0

    init(_ list: [(input: DType, output: DType)]) {
        for (input, output) in list {
            inputs |= 1 << UInt16(input.rawValue)
            outputs |= UInt64(output.rawValue) << (4 * UInt64(input.rawValue))
        }
    }

    @inlinable
    func contains(_ dtype: DType) -> Bool { inputs & (1 << UInt16(dtype.rawValue)) != 0 }

    @inlinable
    func output(_ dtype: DType) -> DType {
        DType(rawValue: UInt8(truncatingIfNeeded: outputs >> (4 * UInt64(dtype.rawValue))) & 15)!
    }
}

public typealias UnaryKernel = ElementwiseKernel<UnaryBlock>
public typealias BinaryKernel = ElementwiseKernel<BinaryBlock>
public typealias TernaryKernel = ElementwiseKernel<TernaryBlock>

// The loops. Each call is specialised for its closure, which therefore vectorises.

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
