import ComplexModule
import Testing

@testable import Apus

@Suite struct PrintingTests {
    @Test func matricesAreAligned() {
        #expect(
            "\(Tensor([[1.0, 2], [3, 4]]))" == """
                tensor([[1.0000, 2.0000],
                        [3.0000, 4.0000]], shape: [2, 2], dtype: float32)
                """)
        #expect(
            "\(Tensor([[1, -20], [300, 4]]).transpose())" == """
                tensor([[  1, 300],
                        [-20,   4]], shape: [2, 2], dtype: int64)
                """)
        #expect(
            "\(Tensor([true, false]))" == "tensor([ true, false], shape: [2], dtype: bool)")
    }

    @Test func blocksAreSetApart() {
        #expect(
            "\(Tensor.arange(8, dtype: .uint8).reshape(2, 2, 2))" == """
                tensor([[[0, 1],
                         [2, 3]],

                        [[4, 5],
                         [6, 7]]], shape: [2, 2, 2], dtype: uint8)
                """)
    }

    @Test func scalarsAndEmptyTensors() {
        #expect("\(Tensor(0.5))" == "tensor(0.5000, shape: [], dtype: float32)")
        #expect("\(Tensor(7))" == "tensor(7, shape: [], dtype: int64)")
        #expect("\(Tensor.zeros([2, 0, 3]))" == "tensor([], shape: [2, 0, 3], dtype: float32)")
    }

    @Test func rangeDecidesTheFormat() {
        #expect(
            "\(Tensor([1e-5, 1], dtype: .float64))"
                == "tensor([1.0000e-05, 1.0000e+00], shape: [2], dtype: float64)")
        #expect(
            "\(Tensor([-.infinity, .nan, 1.5]))"
                == "tensor([  -inf,    nan, 1.5000], shape: [3], dtype: float32)")
        #expect("\(Tensor([Double.greatestFiniteMagnitude], dtype: .float64))".contains("1.7977e+308"))
    }

    @Test func complexNumbersShowBothParts() {
        let x = Tensor([Complex<Float>(1, -2), Complex<Float>(-0.5, 10)])
        #expect("\(x)" == "tensor([  1.0000-2.0000j, -0.5000+10.0000j], shape: [2], dtype: complex64)")
    }

    @Test func longTensorsAreAbbreviated() {
        #expect(
            "\(Tensor.arange(2000))"
                == "tensor([   0,    1,    2, ..., 1997, 1998, 1999], shape: [2000], dtype: int64)")
        #expect(
            "\(Tensor.arange(4000).reshape(1000, 4)[.all, ..<2])" == """
                tensor([[   0,    1],
                        [   4,    5],
                        [   8,    9],
                        ...,
                        [3988, 3989],
                        [3992, 3993],
                        [3996, 3997]], shape: [1000, 2], dtype: int64)
                """)
    }

    @Test func longRowsAreBroken() {
        let lines = "\(Tensor.arange(100))".split(separator: "\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 80 || $0.contains("shape") })
        #expect(lines.count > 4 && lines[1].hasPrefix("        "))
    }

    @Test func historyIsShown() {
        #expect("\(Tensor([1.0]).requiringGradient())".hasSuffix("dtype: float32, requiresGradient: true)"))
    }
}
