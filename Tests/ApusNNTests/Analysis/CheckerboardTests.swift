import Apus
import ApusNN
import Testing

@Suite struct CheckerboardTests {
    /// The map is the transposed convolution of ones by ones.
    @Test(arguments: [
        (3, 2, 0, 0, 1, 5), (3, 2, 1, 1, 1, 6), (4, 2, 1, 0, 1, 5), (5, 3, 2, 2, 1, 4), (2, 3, 0, 1, 1, 4),
        (3, 2, 0, 0, 2, 5), (3, 2, 3, 1, 3, 6), (1, 1, 0, 0, 1, 3),
    ])
    func isATransposedConvolution(
        kernel: Int, stride: Int, padding: Int, extra: Int, dilation: Int, size: Int
    ) {
        let map = Checkerboard(
            kernel: Extents(kernel), stride: Extents(stride), padding: Extents(padding),
            outputPadding: Extents(extra), dilation: Extents(dilation), input: Extents(size)
        ).contributions
        let ones = Tensor.ones([1, 1, size, size]).convTranspose2d(
            .ones([1, 1, kernel, kernel]), stride: Extents(stride), padding: Extents(padding),
            outputPadding: Extents(extra), dilation: Extents(dilation))
        #expect(map.shape == Array(ones.shape[2...]))
        #expect((map.to(.float32) .== ones.squeeze(axes: [0, 1])).all().item(as: Bool.self))
    }

    @Test func periodIsTheStride() {
        let board = Checkerboard(kernel: 3, stride: 2, input: 8)
        #expect(board.period == [2, 2] && board.isUneven && board.range == 1...4)
        #expect(board.pattern == [[2, 1], [2, 1]])
        // Inside, two further on the same, and one further on not.
        let inner = board.contributions[2..<15, 2..<15].to(.float32)
        let (here, far, near) = (inner[0..<11, 0..<11], inner[2..<13, 0..<11], inner[1..<12, 0..<11])
        #expect((here .== far).all().item(as: Bool.self))
        #expect((here .!= near).all().item(as: Bool.self))
    }

    @Test func unevenWhereTheStrideDoesNotDivideTheKernel() {
        for kernel in 1...7 {
            for stride in 1...5 {
                let board = Checkerboard(kernel: Extents(kernel), stride: Extents(stride))
                #expect(board.isUneven == (kernel % stride != 0), "\(kernel), \(stride)")
            }
        }
        // One axis is enough; a dilation that shares a factor with the stride leaves positions out.
        #expect(Checkerboard(kernel: [4, 3], stride: 2).isUneven)
        let dilated = Checkerboard(kernel: 4, stride: 2, dilation: 2)
        #expect(dilated.isUneven && dilated.range == 0...16)
        #expect(!Checkerboard(kernel: 4, stride: 2, dilation: 3).isUneven)
    }

    @Test func oneAxis() {
        let board = Checkerboard(kernel: [3], stride: [2], input: [4, 1])
        #expect(board.contributions.shape == [9, 3])
        let volume = Checkerboard(kernel: 2, stride: 2, input: [2, 3, 4])
        #expect(volume.contributions.shape == [4, 6, 8] && !volume.isUneven)
    }
}
