import ComplexModule
import Testing

@testable import Apus

@Suite struct CreationTests {
    @Test func nestedArraysKeepShapeAndChooseAType() {
        let cube = Tensor([[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]])
        #expect(cube.shape == [2, 2, 3] && cube.dtype == .int64)
        #expect(cube.array(of: Int.self) == Array(1...12))
        #expect(Tensor([[1.5, 2]]).dtype == .float32)
        #expect(Tensor([Float16(1)]).dtype == .float16)
        #expect(Tensor([[true], [false]]).dtype == .bool)
        #expect(Tensor([Complex<Double>(1, 2)]).dtype == .complex64)
        #expect(Tensor([[1, 2]], dtype: .float64).dtype == .float64)
        #expect(Tensor([[Int]]()).shape == [0])
        #expect(Tensor([[], []] as [[Float]]).shape == [2, 0])
    }

    @Test func raggedArraysSayWhere() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([[[1, 2], [3, 4]], [[5, 6], [7]]])
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("the array at [1, 1] has 1 elements, not 2"), "\(message)")
    }

    @Test func sequencesEndBeforeTheirEnd() {
        #expect(Tensor.arange(0).shape == [0])
        #expect(Tensor.arange(3, 10, step: 3).array(of: Int.self) == [3, 6, 9])
        #expect(Tensor.arange(10, 3, step: -3).array(of: Int.self) == [10, 7, 4])
        #expect(Tensor.arange(5, 5, step: -1).count == 0)
        #expect(Tensor.arange(0.0, 1.0, step: 0.1).count == 10)
        #expect(Tensor.arange(100_000).array(of: Int.self) == Array(0..<100_000))
        let ends = Tensor.linspace(-0.1, 0.7, count: 1001, dtype: .float64).array(of: Double.self)
        #expect(ends.first == -0.1 && ends.last == 0.7)
        #expect(Tensor.linspace(1, 2, count: 0).count == 0)
    }

    @Test func bytesAreCopied() async {
        var numbers: [Int32] = [1, 2, 3, 4]
        let x = numbers.withUnsafeBytes { Tensor(copying: $0, shape: [2, 2], dtype: .int32) }
        numbers[0] = 9
        #expect(x.array(of: Int32.self) == [1, 2, 3, 4])
        await #expect(processExitsWith: .failure) {
            _ = [UInt8](repeating: 0, count: 7).withUnsafeBytes {
                Tensor(copying: $0, shape: [2], dtype: .float32)
            }
        }
    }
}
