import ApusKernelBase
import ApusMatrixKernels

/// C = A·B, or C += A·B, for 12 rows and 32 columns: the piece of a product that fits the registers.
///
/// - Parameters:
///   - a: 12 × depth, with any strides.
///   - b: depth × 32, without gaps.
@inline(__always)
func multiplyPanel(
    _ a: UnsafePointer<Float>, _ rowStride: Int, _ columnStride: Int, _ b: UnsafePointer<Float>, depth: Int,
    into c: UnsafeMutablePointer<Float>, _ stride: Int, accumulate: Bool
) {
    var (l0, h0) = (Lanes.zero, Lanes.zero)
    var (l1, h1) = (Lanes.zero, Lanes.zero)
    var (l2, h2) = (Lanes.zero, Lanes.zero)
    var (l3, h3) = (Lanes.zero, Lanes.zero)
    var (l4, h4) = (Lanes.zero, Lanes.zero)
    var (l5, h5) = (Lanes.zero, Lanes.zero)
    var (l6, h6) = (Lanes.zero, Lanes.zero)
    var (l7, h7) = (Lanes.zero, Lanes.zero)
    var (l8, h8) = (Lanes.zero, Lanes.zero)
    var (l9, h9) = (Lanes.zero, Lanes.zero)
    var (l10, h10) = (Lanes.zero, Lanes.zero)
    var (l11, h11) = (Lanes.zero, Lanes.zero)
    var (a, b) = (a, UnsafeRawPointer(b))
    for _ in 0..<depth {
        let (low, high) = (
            b.loadUnaligned(as: Lanes.self), b.loadUnaligned(fromByteOffset: 64, as: Lanes.self)
        )
        addProduct(a[0 * rowStride], low, high, &l0, &h0)
        addProduct(a[1 * rowStride], low, high, &l1, &h1)
        addProduct(a[2 * rowStride], low, high, &l2, &h2)
        addProduct(a[3 * rowStride], low, high, &l3, &h3)
        addProduct(a[4 * rowStride], low, high, &l4, &h4)
        addProduct(a[5 * rowStride], low, high, &l5, &h5)
        addProduct(a[6 * rowStride], low, high, &l6, &h6)
        addProduct(a[7 * rowStride], low, high, &l7, &h7)
        addProduct(a[8 * rowStride], low, high, &l8, &h8)
        addProduct(a[9 * rowStride], low, high, &l9, &h9)
        addProduct(a[10 * rowStride], low, high, &l10, &h10)
        addProduct(a[11 * rowStride], low, high, &l11, &h11)
        a += columnStride
        b += 128
    }
    store(l0, h0, c + 0 * stride, accumulate)
    store(l1, h1, c + 1 * stride, accumulate)
    store(l2, h2, c + 2 * stride, accumulate)
    store(l3, h3, c + 3 * stride, accumulate)
    store(l4, h4, c + 4 * stride, accumulate)
    store(l5, h5, c + 5 * stride, accumulate)
    store(l6, h6, c + 6 * stride, accumulate)
    store(l7, h7, c + 7 * stride, accumulate)
    store(l8, h8, c + 8 * stride, accumulate)
    store(l9, h9, c + 9 * stride, accumulate)
    store(l10, h10, c + 10 * stride, accumulate)
    store(l11, h11, c + 11 * stride, accumulate)
}

@inline(__always)
private func addProduct(_ factor: Float, _ low: Lanes, _ high: Lanes, _ l: inout Lanes, _ h: inout Lanes) {
    let factor = Lanes(repeating: factor)
    l.addProduct(factor, low)
    h.addProduct(factor, high)
}

@inline(__always)
private func store(_ low: Lanes, _ high: Lanes, _ c: UnsafeMutablePointer<Float>, _ accumulate: Bool) {
    let rows = LaneRows(start: c, step: 16)
    rows[0] = accumulate ? rows[0] + low : low
    rows[1] = accumulate ? rows[1] + high : high
}
