import Apus

/// How many input positions contribute to each position of a transposed convolution's result.
///
/// Where the stride does not divide the kernel, neighboring positions get different numbers of contributions, in a
/// pattern that repeats after one stride along each axis and shows as a checkerboard (Odena et al. 2016). A kernel that
/// the stride divides avoids it, and so does enlarging by `interpolate` and convolving at stride 1.
public struct Checkerboard: Sendable {
    /// int64, in the shape of the result's spatial axes: what a transposed convolution of ones by ones gives.
    public let contributions: Tensor
    /// After how many positions the pattern repeats along each axis, the edges aside: the stride.
    public let period: [Int]
    /// The contributions along each axis of the positions of one period, whose products are those of the map.
    public let pattern: [[Int]]

    /// - Parameters:
    ///   - input: the extents of the input; as many axes as it has numbers, two where it has one.
    ///   - kernel: as of `convTranspose2d`.
    ///   - stride: as of `convTranspose2d`.
    ///   - padding: as of `convTranspose2d`.
    ///   - outputPadding: as of `convTranspose2d`.
    ///   - dilation: as of `convTranspose2d`.
    public init(
        kernel: Extents, stride: Extents, padding: Extents = 0, outputPadding: Extents = 0,
        dilation: Extents = 1, input: Extents = 16, file: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(file: file, line: line)
        let axes = input.values.count == 1 ? 2 : input.values.count
        func numbers(_ extents: Extents, _ minimum: Int, _ name: String) -> [Int] {
            extents.resolved(axes, minimum: minimum, "Checkerboard", name, at: site)
        }
        let (kernel, stride) = (numbers(kernel, 1, "kernel"), numbers(stride, 1, "stride"))
        let (padding, extra) = (numbers(padding, 0, "padding"), numbers(outputPadding, 0, "outputPadding"))
        let (dilation, input) = (numbers(dilation, 1, "dilation"), numbers(input, 1, "input"))
        let counts = (0..<axes).map { axis -> [Int] in
            let span = dilation[axis] * (kernel[axis] - 1) + 1
            let length = (input[axis] - 1) * stride[axis] + span + extra[axis] - 2 * padding[axis]
            if length < 1 || extra[axis] >= max(stride[axis], dilation[axis]) {
                fail(
                    "Checkerboard",
                    "an input of \(input) with kernel \(kernel), stride \(stride), padding \(padding), outputPadding "
                        + "\(extra) and dilation \(dilation) gives no result", at: site)
            }
            Tensor.checkShape([length, kernel[axis]], "Checkerboard", site)
            var counts = [Int](repeating: 0, count: length)
            for start in 0..<input[axis] {
                for k in 0..<kernel[axis] {
                    let position = start * stride[axis] + k * dilation[axis] - padding[axis]
                    if counts.indices.contains(position) { counts[position] += 1 }
                }
            }
            return counts
        }
        contributions = counts.enumerated().reduce(
            Tensor.ones([Int](repeating: 1, count: axes), dtype: .int64)
        ) {
            var shape = [Int](repeating: 1, count: axes)
            shape[$1.offset] = $1.element.count
            return $0 * Tensor($1.element, shape: shape)
        }
        period = stride
        pattern = (0..<axes).map { axis in
            var counts = [Int](repeating: 0, count: stride[axis])
            for k in 0..<kernel[axis] {
                let start = (k * dilation[axis] - padding[axis]) % stride[axis]
                counts[start < 0 ? start + stride[axis] : start] += 1
            }
            return counts
        }
    }

    /// Whether positions get different numbers of contributions, the edges aside: without dilation, whether the stride
    /// does not divide the kernel.
    public var isUneven: Bool { pattern.contains { Set($0).count > 1 } }

    /// The fewest and the most contributions to a position, the edges aside.
    public var range: ClosedRange<Int> {
        pattern.reduce(1) { $0 * $1.min()! }...pattern.reduce(1) { $0 * $1.max()! }
    }
}
