import ApusCore

/// The contents of an IDX file: elements in C order and in the processor's byte order.
public struct IDXArray: Sendable {
    /// The type that the file gives its elements.
    public let type: IDX.ElementType
    /// The extent of each axis.
    public let shape: Shape
    /// The elements; shared with the tensors made of them, never changed after reading.
    package let storage: Storage

    /// How many elements there are.
    public var count: Int { shape.elementCount }

    /// Bytes that all elements take.
    public var byteCount: Int { count * type.size }

    /// Calls `body` with the elements' bytes.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: storage.pointer, count: byteCount))
    }
}
