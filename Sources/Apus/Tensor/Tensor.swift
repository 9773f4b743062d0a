@_exported import ComplexModule
@_exported import RealModule
@_exported import ApusCore
import ApusKernelCalls

/// A multi-dimensional array of numbers that can take part in automatic differentiation.
///
/// Tensors are values: `var b = a; b += 1` never changes `a`. Copying one copies no elements;
/// elements are copied when one of two tensors that share them is written to. Views such as
/// transposes and slices share them too.
///
/// ```swift
/// let x = Tensor([[1.0, 2], [3, 4]])
/// let y = (x * 2).sum(axis: 0)     // [8, 12]
/// ```
public struct Tensor: Sendable {
    var storage: Storage
    /// Shape, strides and offset, in elements.
    public internal(set) var layout: Layout
    /// The type of the elements.
    public let dtype: DType
    /// The operation that made this tensor, or the leaf that collects its gradient; nil where no
    /// gradient is wanted.
    var node: Node?

    @inline(__always)
    init(storage: Storage, layout: Layout, dtype: DType, node: Node? = nil) {
        // Operations that add axes say so under their own names first.
        layout.shape.checkRank("Tensor", nil)
        self.storage = storage
        self.layout = layout
        self.dtype = dtype
        self.node = node
    }

    /// Row-major memory with whatever it held before.
    init(uninitialized shape: Shape, _ dtype: DType) {
        self.init(uninitialized: Layout(contiguous: shape), dtype)
    }

    /// Memory for a dense layout that begins at offset 0.
    init(uninitialized layout: Layout, _ dtype: DType) {
        guard let count = layout.shape.checkedElementCount,
            case let (bytes, overflow) = count.multipliedReportingOverflow(by: dtype.size), !overflow
        else {
            fail(
                "allocate", "a \(dtype) tensor of shape \(layout.shape) has more bytes than an address space")
        }
        self.init(
            storage: CurrentDevice.forNewTensors.storage(byteCount: bytes), layout: layout, dtype: dtype)
    }

    /// A tensor over memory that somebody else owns, such as a mapped file.
    ///
    /// - Parameters:
    ///   - storage: the memory; it is copied before the first write unless it is Apus's own, and at once where it does
    ///     not begin at a multiple of an element's (for complex ones: a part's) size.
    ///   - layout: must stay within the storage.
    public init(storage: Storage, layout: Layout, dtype: DType) {
        Tensor.checkShape(layout.shape, "Tensor")
        if layout.strides.count != layout.rank {
            fail("Tensor", "\(layout.strides.count) strides do not go with shape \(layout.shape)")
        }
        guard let inner = layout.within(storage.byteCount / dtype.size) else {
            fail(
                "Tensor",
                "layout \(layout) of \(dtype) reaches outside a storage of \(storage.byteCount) bytes")
        }
        self.init(storage: storage.aligned(to: dtype.realType.size), layout: inner, dtype: dtype, node: nil)
    }

    /// The extent of each axis; empty for a scalar.
    public var shape: Shape { layout.shape }
    /// The number of axes.
    public var rank: Int { layout.shape.count }
    /// The number of elements.
    public var count: Int { layout.shape.elementCount }
    /// The device whose memory holds the elements.
    public var device: Device { storage.device }
    /// Whether the elements lie in row-major order without gaps.
    public var isContiguous: Bool { layout.isContiguous }

    /// The address of the storage, for reading only.
    var base: UnsafeMutableRawPointer { storage.pointer }
    /// The address of the first element, for reading only.
    var start: UnsafeMutableRawPointer { storage.pointer + layout.offset * dtype.size }
    var operand: Operand { Operand(storage.pointer, dtype, layout) }

    /// The same elements under another layout and without history: what views are made of.
    func viewed(_ layout: Layout) -> Tensor {
        Tensor(storage: storage, layout: layout, dtype: dtype, node: nil)
    }

    /// An axis counted from the end if negative.
    func axis(_ axis: Int, _ operation: String, _ site: CallSite?) -> Int {
        let index = axis < 0 ? axis + rank : axis
        if index < 0 || index >= rank {
            fail(operation, "axis \(axis) is outside a tensor of shape \(shape)", at: site)
        }
        return index
    }
}
