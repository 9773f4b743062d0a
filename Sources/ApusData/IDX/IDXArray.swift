import ApusCore

/// The contents of an IDX file: elements in C order and in the processor's byte order.
public struct IDXArray: Sendable {
    public let type: IDX.ElementType
    public let shape: Shape
    /// The elements; shared with the tensors made of them, never changed after reading.
    let storage: Storage

    public var count: Int { shape.elementCount }
    public var byteCount: Int { count * type.size }

    /// Calls `body` with the elements' bytes.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: storage.pointer, count: byteCount))
    }
}
