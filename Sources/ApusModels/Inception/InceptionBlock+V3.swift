import Apus
import ApusNN

/// The blocks of `InceptionV3`, with torchvision's letters and names.
extension InceptionBlock {
    /// In the size of the input: 1×1, 5×5 and two 3×3 convolutions, and an average (figure 5).
    static func a(_ inputs: Int, pooled: Int, using generator: RandomGenerator) -> InceptionBlock {
        func conv(_ inputs: Int, _ outputs: Int, _ kernel: Int = 1) -> InceptionConv {
            same(inputs, outputs, [kernel, kernel], generator)
        }
        return InceptionBlock(
            [("branch1x1", conv(inputs, 64))],
            [("branch5x5_1", conv(inputs, 48)), ("branch5x5_2", conv(48, 64, 5))],
            [
                ("branch3x3dbl_1", conv(inputs, 64)), ("branch3x3dbl_2", conv(64, 96, 3)),
                ("branch3x3dbl_3", conv(96, 96, 3)),
            ],
            [("pool", average), ("branch_pool", conv(inputs, pooled))])
    }

    /// Half the size: one and two 3×3 convolutions, and the largest of 3×3 positions (figure 10).
    static func b(_ inputs: Int, using generator: RandomGenerator) -> InceptionBlock {
        InceptionBlock(
            [("branch3x3", half(inputs, 384, generator))],
            [
                ("branch3x3dbl_1", same(inputs, 64, 1, generator)),
                ("branch3x3dbl_2", same(64, 96, [3, 3], generator)),
                ("branch3x3dbl_3", half(96, 96, generator)),
            ],
            [("pool", MaxPool2d(3, stride: 2))])
    }

    /// In the size of the input: 7×7 convolutions as pairs of 1×7 and 7×1 (figure 6).
    ///
    /// - Parameter narrow: channels between the convolutions of the pairs.
    static func c(_ inputs: Int, narrow: Int, using generator: RandomGenerator) -> InceptionBlock {
        func conv(_ inputs: Int, _ outputs: Int, _ kernel: Extents = 1) -> InceptionConv {
            same(inputs, outputs, kernel, generator)
        }
        return InceptionBlock(
            [("branch1x1", conv(inputs, 192))],
            [
                ("branch7x7_1", conv(inputs, narrow)), ("branch7x7_2", conv(narrow, narrow, [1, 7])),
                ("branch7x7_3", conv(narrow, 192, [7, 1])),
            ],
            [
                ("branch7x7dbl_1", conv(inputs, narrow)), ("branch7x7dbl_2", conv(narrow, narrow, [7, 1])),
                ("branch7x7dbl_3", conv(narrow, narrow, [1, 7])),
                ("branch7x7dbl_4", conv(narrow, narrow, [7, 1])),
                ("branch7x7dbl_5", conv(narrow, 192, [1, 7])),
            ],
            [("pool", average), ("branch_pool", conv(inputs, 192))])
    }

    /// Half the size: a 3×3 convolution, a 7×7 one as a pair and a 3×3, and the largest of 3×3 positions.
    static func d(_ inputs: Int, using generator: RandomGenerator) -> InceptionBlock {
        InceptionBlock(
            [
                ("branch3x3_1", same(inputs, 192, 1, generator)),
                ("branch3x3_2", half(192, 320, generator)),
            ],
            [
                ("branch7x7x3_1", same(inputs, 192, 1, generator)),
                ("branch7x7x3_2", same(192, 192, [1, 7], generator)),
                ("branch7x7x3_3", same(192, 192, [7, 1], generator)),
                ("branch7x7x3_4", half(192, 192, generator)),
            ],
            [("pool", MaxPool2d(3, stride: 2))])
    }

    /// In the size of the input: branches that end in a 1×3 and a 3×1 convolution side by side (figure 7).
    static func e(_ inputs: Int, using generator: RandomGenerator) -> InceptionBlock {
        func conv(_ inputs: Int, _ outputs: Int, _ kernel: Extents = 1) -> InceptionConv {
            same(inputs, outputs, kernel, generator)
        }
        return InceptionBlock(
            [("branch1x1", conv(inputs, 320))],
            [
                ("branch3x3_1", conv(inputs, 384)),
                (
                    "",
                    InceptionBlock(
                        [("branch3x3_2a", conv(384, 384, [1, 3]))],
                        [("branch3x3_2b", conv(384, 384, [3, 1]))])
                ),
            ],
            [
                ("branch3x3dbl_1", conv(inputs, 448)), ("branch3x3dbl_2", conv(448, 384, [3, 3])),
                (
                    "",
                    InceptionBlock(
                        [("branch3x3dbl_3a", conv(384, 384, [1, 3]))],
                        [("branch3x3dbl_3b", conv(384, 384, [3, 1]))])
                ),
            ],
            [("pool", average), ("branch_pool", conv(inputs, 192))])
    }

    private static var average: AvgPool2d { AvgPool2d(3, stride: 1, padding: 1) }

    /// A convolution that keeps height and width.
    private static func same(
        _ inputs: Int, _ outputs: Int, _ kernel: Extents, _ generator: RandomGenerator
    ) -> InceptionConv {
        InceptionConv(
            inputs, outputs, kernel: kernel, padding: Extents(kernel.values.map { $0 / 2 }), std: 0.1,
            using: generator)
    }

    /// A 3×3 convolution that halves height and width.
    private static func half(_ inputs: Int, _ outputs: Int, _ generator: RandomGenerator) -> InceptionConv {
        InceptionConv(inputs, outputs, kernel: 3, stride: 2, std: 0.1, using: generator)
    }
}
