import ComplexModule
import Testing

@testable import Apus

/// The type of a result against PyTorch's `result_type`, for every pair of types.
///
/// Where PyTorch has complex numbers of 16-bit floats, Apus has complex64.
@Suite struct ElementwisePromotionTests {
    /// The types in the order of rows and columns.
    static let types: [DType] = [
        .bool, .uint8, .int32, .int64, .float16, .bfloat16, .float32, .float64, .complex64, .complex128,
    ]

    static func rows(_ table: String) -> [[DType]] {
        table.split(separator: "\n").map { $0.split(separator: " ").map { DType(name: String($0))! } }
    }

    @Test func twoTensors() {
        for (a, row) in zip(Self.types, Self.rows(Self.tensors)) {
            for (b, expected) in zip(Self.types, row) {
                let found = (Tensor.ones([2], dtype: a) + Tensor.ones([2], dtype: b)).dtype
                #expect(found == expected, "\(a) + \(b)")
            }
        }
    }

    @Test func zeroDimensionalTensorsDoNotWidenTheirKind() {
        for (a, row) in zip(Self.types, Self.rows(Self.withZeroDimensional)) {
            for (b, expected) in zip(Self.types, row) {
                let (x, y) = (Tensor.ones([2], dtype: a), Tensor.ones([], dtype: b))
                #expect((x * y).dtype == expected, "\(a) * zero-dimensional \(b)")
                #expect((y * x).dtype == expected, "zero-dimensional \(b) * \(a)")
            }
        }
    }

    @Test func numbersAreWeaklyTyped() {
        for (a, row) in zip(Self.types, Self.rows(Self.withNumbers)) {
            for shape in [[2], []] {
                let x = Tensor.ones(shape, dtype: a)
                #expect([x * true, x * 1, x * 1.5, x * Complex(0.0, 1)].map(\.dtype) == row, "\(a) \(shape)")
                #expect([true * x, 1 * x, 1.5 * x, Complex(0.0, 1) * x].map(\.dtype) == row, "\(a) \(shape)")
            }
        }
    }

    @Test func divisionAndFunctionsOfIntegersGiveFloats() {
        let x = Tensor([4, 9], shape: [2])
        #expect((x / x).dtype == .float32)
        #expect((x / 2).array(of: Float.self) == [2, 4.5])
        #expect((x / Tensor.ones([2], dtype: .uint8)).dtype == .float32)
        #expect((x / Tensor.ones([2], dtype: .float64)).dtype == .float64)
        #expect(x.sqrt().dtype == .float32)
        #expect(x.sqrt().array(of: Float.self) == [2, 3])
        #expect((x % 4).dtype == .int64)
        #expect((x ** 2).array(of: Int.self) == [16, 81])
    }

    @Test func comparisonsPromoteAndGiveBooleans() {
        let x = Tensor([0, 1, 2], shape: [3])
        #expect((x .> 0.5).dtype == .bool)
        #expect((x .> 0.5).array(of: Bool.self) == [false, true, true])
        #expect((Tensor([0.1], shape: [1], dtype: .bfloat16) .== 0.1).array(of: Bool.self) == [true])
        #expect((1.5 .< x).array(of: Bool.self) == [false, false, true])
    }

    @Test func smallIntegersCompareWithLargeNumbers() {
        let x = Tensor([UInt8(3), 44], shape: [2])
        #expect((x .< 300).array(of: Bool.self) == [true, true])
        #expect((x .== 300).array(of: Bool.self) == [false, false])
        #expect((x .> -1).array(of: Bool.self) == [true, true])
        #expect((x & -2).array(of: UInt8.self) == [2, 44])
        #expect((Tensor([Int32(7)], shape: [1]) .< 1 << 40).item(as: Bool.self))
    }

    @Test func numbersBesideHalvesAreNotRoundedFirst() {
        // 257 has no bfloat16; 1 + 257 - rounded once - has.
        let x = Tensor.ones([1], dtype: .bfloat16)
        #expect((x * 3 + 257).item(as: Float.self) == 260)
        #expect((x - 257).item(as: Float.self) == -256)
    }

    static let tensors = """
        bool uint8 int32 int64 float16 bfloat16 float32 float64 complex64 complex128
        uint8 uint8 int32 int64 float16 bfloat16 float32 float64 complex64 complex128
        int32 int32 int32 int64 float16 bfloat16 float32 float64 complex64 complex128
        int64 int64 int64 int64 float16 bfloat16 float32 float64 complex64 complex128
        float16 float16 float16 float16 float16 float32 float32 float64 complex64 complex128
        bfloat16 bfloat16 bfloat16 bfloat16 float32 bfloat16 float32 float64 complex64 complex128
        float32 float32 float32 float32 float32 float32 float32 float64 complex64 complex128
        float64 float64 float64 float64 float64 float64 float64 float64 complex128 complex128
        complex64 complex64 complex64 complex64 complex64 complex64 complex64 complex128 complex64 complex128
        complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128
        """
    static let withZeroDimensional = """
        bool uint8 int32 int64 float16 bfloat16 float32 float64 complex64 complex128
        uint8 uint8 uint8 uint8 float16 bfloat16 float32 float64 complex64 complex128
        int32 int32 int32 int32 float16 bfloat16 float32 float64 complex64 complex128
        int64 int64 int64 int64 float16 bfloat16 float32 float64 complex64 complex128
        float16 float16 float16 float16 float16 float16 float16 float16 complex64 complex64
        bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 complex64 complex64
        float32 float32 float32 float32 float32 float32 float32 float32 complex64 complex64
        float64 float64 float64 float64 float64 float64 float64 float64 complex128 complex128
        complex64 complex64 complex64 complex64 complex64 complex64 complex64 complex64 complex64 complex64
        complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128
        """
    static let withNumbers = """
        bool int64 float32 complex64
        uint8 uint8 float32 complex64
        int32 int32 float32 complex64
        int64 int64 float32 complex64
        float16 float16 float16 complex64
        bfloat16 bfloat16 bfloat16 complex64
        float32 float32 float32 complex64
        float64 float64 float64 complex128
        complex64 complex64 complex64 complex64
        complex128 complex128 complex128 complex128
        """
}
