import ApusCore

// Loops over contiguous elements, for the processor. They are structures because a closure stored in a generic
// property would take its arguments indirectly, and loops behind that do not vectorise.

/// Computes contiguous elements: input address, output address, count.
package struct UnaryBlock: Sendable {
    package let run: @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void

    package init(run: @escaping @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void) {
        self.run = run
    }
}

/// Computes contiguous elements: input addresses, output address, count.
package struct BinaryBlock: Sendable {
    package let run: @Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
    /// The same with one number as the right operand, or as the left one where the last argument is true. Nil where the
    /// number must be broadcast to an array first.
    package var runNumber:
        (@Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int, Bool) -> Void)?

    package init(
        run: @escaping @Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
    ) { self.run = run }
}

/// Computes contiguous elements: input addresses, output address, count.
package struct TernaryBlock: Sendable {
    package let run:
        @Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void

    package init(
        run:
            @escaping @Sendable (
                UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int
            ) -> Void
    ) { self.run = run }
}

/// An elementwise function: its name, the types it computes in, and for each of them the processor's loop over
/// contiguous elements.
///
/// Operations name it; a device computes it. Strides, broadcasting, conversion and threads are the business of the
/// processor's driver (`run`), the same for all. A device that cannot use the loops finds its own by the function's
/// name.
package struct ElementwiseKernel<Block: Sendable>: Sendable {
    @usableFromInline package struct Entry: Sendable {
        package let input: DType
        package let output: DType
        package let block: Block

        package init(input: DType, output: DType, block: Block) {
            self.input = input
            self.output = output
            self.block = block
        }
    }

    /// What messages call it.
    package let name: String
    @usableFromInline package let entries: [Entry?]
    @usableFromInline let types: KernelTypes

    package init(_ name: String, _ list: Entry...) {
        self.name = name
        var entries = [Entry?](repeating: nil, count: DType.allCases.count)
        for entry in list { entries[Int(entry.input.rawValue)] = entry }
        self.entries = entries
        types = KernelTypes(list.map { ($0.input, $0.output) })
    }

    @inlinable @inline(__always)
    package func entry(_ compute: DType) -> Entry? { entries[Int(compute.rawValue)] }

    /// Whether elements of this type can be computed (16-bit floats through float32).
    @inlinable
    package func supports(_ dtype: DType) -> Bool { types.contains(dtype.computeType) }

    /// The type of the result for inputs of `dtype`.
    @inlinable
    package func outputType(_ dtype: DType) -> DType {
        let compute = dtype.computeType
        guard types.contains(compute) else { return dtype }
        let output = types.output(compute)
        return output == compute ? dtype : output
    }
}

/// The types that a kernel computes in, and those of its results, as bits. Every operation asks for them first: a
/// search through the loops, which are generic, would take longer than adding a thousand numbers.
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

package typealias UnaryKernel = ElementwiseKernel<UnaryBlock>
package typealias BinaryKernel = ElementwiseKernel<BinaryBlock>
package typealias TernaryKernel = ElementwiseKernel<TernaryBlock>
