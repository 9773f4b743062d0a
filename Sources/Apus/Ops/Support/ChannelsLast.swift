// Images are [batch, channels, spatial axes…] in shape and, wherever Apus chooses, [batch, spatial axes…,
// channels] in memory: the order in which convolutions and everything between them are fastest.

extension Layout {
    /// Dense, with the channels (axis 1) of each position side by side.
    init(channelsLast shape: Shape) {
        var strides = [Int](repeating: 1, count: shape.count)
        var step = shape[1]
        for axis in (2..<shape.count).reversed() {
            strides[axis] = step
            step *= shape[axis]
        }
        strides[0] = step
        self.init(shape: shape, strides: strides)
    }

    /// Whether the elements lie as in `init(channelsLast:)`; axes of extent 1 may have any stride.
    var isChannelsLast: Bool {
        let wanted = Layout(channelsLast: shape).strides
        return elementCount == 0 || shape.indices.allSatisfy { shape[$0] == 1 || strides[$0] == wanted[$0] }
    }
}

/// The same values with the channels last in memory: an operation of its own where a network's input is reordered once
/// and kept so.
struct ReorderChannelsLast: SingleResult {
    let name = "channelsLast"

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].channelsLast().converted(to: inputs[0].dtype) }
    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient] }
    var isView: Bool { true }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// This tensor, reordered unless its channels lie last already.
    func inChannelsLast() -> Tensor {
        layout.isChannelsLast ? self : Tensor.apply(ReorderChannelsLast(), to: [self], at: nil)
    }

    /// The values with channels last in memory, in the type that kernels compute in, without history.
    ///
    /// `start` is then the first element of a dense [batch, spatial axes…, channels] array.
    func channelsLast(_ type: DType? = nil) -> Tensor {
        converted(to: (type ?? dtype).computeType).withChannelsLast()
    }

    /// The same in this tensor's own type.
    func withChannelsLast() -> Tensor {
        if layout.isChannelsLast { return detach() }
        let result = Tensor(uninitialized: Layout(channelsLast: shape), dtype)
        kernels.copyElements(operand, into: result.operand)
        ImageLayout.countReorder()
        return result
    }
}
