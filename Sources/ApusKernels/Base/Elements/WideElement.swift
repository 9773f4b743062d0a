/// A 16-byte element, as memory sees it: aligned to its halves, as complex numbers in mapped files and among real
/// ones are.
@usableFromInline package struct WideElement: BitwiseCopyable {
    @usableFromInline package var low: UInt64
    @usableFromInline package var high: UInt64
}
