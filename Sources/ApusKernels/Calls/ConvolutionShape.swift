/// The sizes of a convolution of images [batch, inputs, spatial axes…] with weights
/// [outputs, inputs / groups, kernel axes…]. The arrays have one entry a spatial axis, one to three.
public struct ConvolutionShape: Hashable, Sendable {
    public var batch: Int
    public let inputs: Int
    public let outputs: Int
    public let groups: Int
    public let input: [Int]
    public let output: [Int]
    public let kernel: [Int]
    public let stride: [Int]
    public let dilation: [Int]
    /// Zeros before and after each axis; after it there may be less than nothing, where the last places are
    /// not reached.
    public let before: [Int]
    public let after: [Int]

    public init(
        batch: Int, inputs: Int, outputs: Int, groups: Int, input: [Int], output: [Int], kernel: [Int],
        stride: [Int], dilation: [Int], before: [Int], after: [Int]
    ) {
        self.batch = batch
        self.inputs = inputs
        self.outputs = outputs
        self.groups = groups
        self.input = input
        self.output = output
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.before = before
        self.after = after
    }

    public var inputCount: Int { input.reduce(batch * inputs, *) }
    public var outputCount: Int { output.reduce(batch * outputs, *) }
    public var weightCount: Int { kernel.reduce(outputs * (inputs / groups), *) }
}
