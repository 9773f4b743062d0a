/// The sizes of a convolution of images [batch, inputs, spatial axes…] with weights
/// [outputs, inputs / groups, kernel axes…]. The arrays have one entry a spatial axis, one to three.
package struct ConvolutionShape: Hashable, Sendable {
    package var batch: Int
    package let inputs: Int
    package let outputs: Int
    package let groups: Int
    package let input: [Int]
    package let output: [Int]
    package let kernel: [Int]
    package let stride: [Int]
    package let dilation: [Int]
    /// Zeros before and after each axis; a negative number after it says how many of the last positions no window
    /// reaches.
    package let before: [Int]
    package let after: [Int]

    package init(
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

    package var inputCount: Int { input.reduce(batch * inputs, *) }
    package var outputCount: Int { output.reduce(batch * outputs, *) }
    package var weightCount: Int { kernel.reduce(outputs * (inputs / groups), *) }
}
