import ApusCore

/// A tensor as kernels see it: the first element's address, and how to walk from there.
@usableFromInline package struct Operand {
    @usableFromInline package let pointer: UnsafeMutableRawPointer
    @usableFromInline package let dtype: DType
    @usableFromInline package let layout: Layout

    /// `base` is the start of the storage; the layout's offset is added here.
    @inlinable @inline(__always)
    package init(_ base: UnsafeMutableRawPointer, _ dtype: DType, _ layout: Layout) {
        pointer = base + layout.offset * dtype.size
        self.dtype = dtype
        self.layout = layout
    }
}
