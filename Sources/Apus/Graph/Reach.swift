import ApusKernelCalls

/// Which positions of an operation's inputs each position of its result is made of.
public enum Reach: Sendable {
    /// All of them.
    case everything
    /// Windows along the last axes, an entry for each; nil where every position sees the whole axis.
    case windows([AxisReach?])
    /// Windows of the first input along the last axes, weighted by the second.
    case weighted([AxisReach?])
    /// Windows along the last axes, which become one; so many along each.
    case columns([AxisReach], counts: [Int])
    /// For each axis of the result the input's axis that it runs along, nil for a new one, and the windows along it.
    /// Axes of the input that are not among them are seen as a whole.
    case axes([(input: Int?, AxisReach)])
    /// Each position along the axis depends on all of them.
    case mixture(axis: Int)
    /// Each position depends on itself alone, and on what is broadcast to it; axes that are longer were broadcast or
    /// joined.
    case elementwise
    /// These axes are folded into one position, and gone unless kept with an extent of 1.
    case reduction(axes: [Int], keepDims: Bool)
    /// The same elements in row-major order, under another shape.
    case reshape
    /// The matrix product over the last two axes, or the last one of a vector.
    case product
}

extension Reach {
    /// The axes of the input in another order, or without some.
    static func kept(_ order: [Int]) -> Reach { .axes(order.map { ($0, .identity) }) }

    /// Positions added before axes or, where negative, taken away; the last axes in their order.
    static func shifted(_ before: [Int]) -> Reach {
        .windows(before.map { .window(span: 1, stride: 1, before: $0) })
    }
}

extension ConvolutionShape {
    /// What the convolution of these sizes reaches.
    var reach: Reach {
        .weighted(
            input.indices.map {
                .window(span: dilation[$0] * (kernel[$0] - 1) + 1, stride: stride[$0], before: before[$0])
            })
    }

    /// What its transpose reaches.
    var transposedReach: Reach {
        .weighted(
            input.indices.map {
                .transposed(
                    kernel: kernel[$0], stride: stride[$0], dilation: dilation[$0], before: before[$0])
            })
    }

    /// Either way each position is multiplied with the weights of its group.
    var multiplyAdds: Int { outputCount * (inputs / groups) * kernel.reduce(1, *) }
}

extension SlidingWindow {
    var reach: Reach {
        .windows(
            size.indices.map {
                .window(span: dilation[$0] * (size[$0] - 1) + 1, stride: stride[$0], before: padding[$0])
            })
    }
}

extension AdaptiveWindow {
    func reach(_ shape: Shape) -> Reach {
        .windows(
            sizes.indices.map { sizes[$0] == 1 ? nil : .parts(inputs: shape[$0 + 2], outputs: sizes[$0]) })
    }
}

extension ImageWindows {
    var reach: Reach {
        .columns(
            (0..<2).map {
                .window(span: dilation[$0] * (size[$0] - 1) + 1, stride: stride[$0], before: padding[$0])
            }, counts: counts)
    }
}

extension Interpolation {
    /// What one axis reaches, by the ratio of its extents.
    func reach(_ inputs: Int, _ outputs: Int, alignCorners: Bool) -> AxisReach {
        switch self {
        case .nearest:
            return .sampled(inputs: inputs, outputs: outputs) { j, i, o in (j * i / o)...(j * i / o) }
        case .nearestExact:
            return .sampled(inputs: inputs, outputs: outputs) { j, i, o in
                let source = (2 * j + 1) * i / (2 * o)
                return source...source
            }
        case .linear, .bilinear, .trilinear, .bicubic:
            if inputs == outputs { return .identity }
            if alignCorners && outputs == 1 { return AxisReach(advance: inputs, ranges: [0...0]) }
            let (around, aligned) = (self == .bicubic ? 1 : 0, alignCorners && inputs > 1 && outputs > 1)
            return .sampled(inputs: aligned ? inputs - 1 : inputs, outputs: aligned ? outputs - 1 : outputs) {
                j, i, o in
                // The source is a fraction of 2·o.
                let (first, rest) = floorDivision(aligned ? 2 * j * i : (2 * j + 1) * i - o, 2 * o)
                return rest == 0 ? first...first : (first - around)...(first + 1 + around)
            }
        }
    }
}
