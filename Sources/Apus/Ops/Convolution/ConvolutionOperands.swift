/// The operands of a convolution in one type, the input with a batch axis.
struct ConvolutionOperands {
    let x: Tensor
    let weight: Tensor
    let bias: Tensor?
    private let isBatched: Bool
    private let operation: String
    private let site: CallSite?

    init(
        _ operation: String, axes: Int, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, at site: CallSite?
    ) {
        self.operation = operation
        self.site = site
        if x.rank != axes + 1 && x.rank != axes + 2 {
            fail(
                operation,
                "an input of shape \(x.shape) has \(x.rank) axes: it takes batch, channels and \(axes) spatial axes, or no batch",
                at: site)
        }
        if weight.rank != axes + 2 || weight.shape.contains(0) {
            fail(
                operation,
                "a weight of shape \(weight.shape): it takes two axes of channels and \(axes) of the kernel, none of extent 0",
                at: site)
        }
        let operands = TypeRule.convolution.promoted([x, weight].with(bias, nil))
        isBatched = x.rank == axes + 2
        self.x = isBatched ? operands[0] : operands[0].unsqueeze(0)
        self.weight = operands[1]
        self.bias = bias == nil ? nil : operands[2]
    }

    func checkBias(_ outputs: Int) {
        if let bias, bias.shape != [outputs] {
            fail(operation, "a bias of shape \(bias.shape) for \(outputs) output channels", at: site)
        }
    }

    /// Without the batch axis where the input had none.
    func finish(_ result: Tensor) -> Tensor { isBatched ? result : result.squeeze(axis: 0) }
}

extension Tensor {
    /// Stops the program unless this weight's kernel has these extents; nil takes any.
    func checkKernel(_ kernel: [Int?], _ operation: String, _ name: String, _ site: CallSite) {
        let fits =
            rank == kernel.count + 2
            && kernel.enumerated().allSatisfy { $0.element == nil || $0.element == shape[$0.offset + 2] }
        if !fits {
            let wanted = ["outputs", "inputs"] + kernel.map { $0.map(String.init) ?? "any" }
            fail(
                operation,
                "a \(name) weight of shape \(shape): [\(wanted.joined(separator: ", "))] is wanted", at: site)
        }
    }
}
