import ApusKernelBase
import CProcessor

// The pieces of products that fit the registers. They are functions of their own, and keep the order of loads and
// products: within a larger function, or with its loads moved up, the compiler would keep sums in memory.

/// Outputs and rows whose sums fit the registers.
@inline(__always) var panelWidth: Int { hasWideVectors ? 32 : 16 }
@inline(__always) var panelRows: Int { hasWideVectors ? 12 : 6 }
/// Channels of the input that are multiplied at a time for the gradient of weights; they divide 16.
@inline(__always) var panelChannels: Int { hasWideVectors ? 8 : 4 }

/// C = A·B for `panelRows` rows and `panelWidth` columns.
///
/// - Parameters:
///   - a: rows × depth, `rowStride` from row to row.
///   - b: depth × columns, without gaps.
@inline(never)
func multiplyRows(
    _ a: UnsafePointer<Float>, _ rowStride: Int, _ b: UnsafePointer<Float>, depth: Int,
    into c: UnsafeMutablePointer<Float>, _ stride: Int
) {
    if hasWideVectors {
        Twice<Thrice<Twice<RowSum<Pair<Lanes>>>>>().storeSum(
            withProductOf: a, rowStride, 1, b, depth: depth, into: c, stride)
    } else {
        Thrice<Twice<RowSum<Lanes>>>().storeSum(
            withProductOf: a, rowStride, 1, b, depth: depth, into: c, stride)
    }
}

/// C = Aᵀ·B, or C += Aᵀ·B, for `panelChannels` rows and `panelWidth` columns.
///
/// - Parameters:
///   - a: depth × rows, 16 floats from one to the next of depth.
///   - b: depth × columns, without gaps.
@inline(never)
func multiplyColumns(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, depth: Int, into c: UnsafeMutablePointer<Float>,
    _ stride: Int, accumulate: Bool
) {
    if hasWideVectors {
        typealias Sums = Twice<Twice<Twice<RowSum<Pair<Lanes>>>>>
        (accumulate ? Sums(c, stride) : Sums()).storeSum(
            withProductOf: a, 1, 16, b, depth: depth, into: c, stride)
    } else {
        typealias Sums = Twice<Twice<RowSum<Lanes>>>
        (accumulate ? Sums(c, stride) : Sums()).storeSum(
            withProductOf: a, 1, 16, b, depth: depth, into: c, stride)
    }
}
