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

    @Test func literalsAreTensors() {
        let whole: Tensor = [1, 2, 3]
        #expect(whole.dtype == .int64 && whole.array(of: Int.self) == [1, 2, 3])
        let rows: Tensor = [[1, 2], [3, 4], [5, 6]]
        #expect(rows.dtype == .int64 && rows.shape == [3, 2] && rows.array(of: Int.self) == Array(1...6))
        let fractions: Tensor = [[0.5], [2]]
        #expect(fractions.dtype == .float32 && fractions.shape == [2, 1])
        #expect(fractions.array(of: Double.self) == [0.5, 2])
        let cube: Tensor = [[[true, false]]]
        #expect(cube.dtype == .bool && cube.shape == [1, 1, 2])
        let none: Tensor = []
        #expect(none.dtype == .float32 && none.shape == [0])
    }

    @Test func literalsOfSeveralTypesPromote() {
        let mixed: Tensor = [[1, 2.5], [3, 4], [-1, 1 << 20]]
        #expect(mixed.dtype == .float32 && mixed.shape == [3, 2])
        #expect(mixed.array(of: Double.self) == [1, 2.5, 3, 4, -1, 1_048_576])
        let rate = Float16(0.5)
        let half: Tensor = [rate, 1]
        #expect(half.dtype == .float16 && half.array(of: Double.self) == [0.5, 1])
        let complex: Tensor = [Complex<Float>(1, 2), 3]
        #expect(complex.dtype == .complex64)
        #expect(complex.array(of: Complex<Float>.self) == [Complex(1, 2), Complex(3, 0)])
        let exact: Tensor = [true, (1 << 60) + 1]
        #expect(exact.dtype == .int64 && exact.array(of: Int.self) == [1, (1 << 60) + 1])
    }

    @Test func raggedLiteralsSayWhere() async {
        func message(_ result: ExitTest.Result?) -> String {
            String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        }
        let lengths = message(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = [[1, 2], [3]] as Tensor
            })
        #expect(lengths.contains("the array at [1] has 1 elements, not 2"), "\(lengths)")
        let inner = message(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = [[[0.5], [1]], [[1, 2], [3]]] as Tensor
            })
        #expect(inner.contains("the array at [1, 1] has 1 elements, not 2"), "\(inner)")
        let depths = message(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = [[[1]], [2]] as Tensor
            })
        #expect(depths.contains("the element at [1] has shape [1], not [1, 1] as the first"), "\(depths)")
    }

    /// What was written before there were literals means the same.
    @Test func numbersAndArraysBesideTensorsKeepTheirMeaning() {
        let x = Tensor([[1.5, 2], [3, 4]], dtype: .float64)
        #expect((x * 2).dtype == .float64 && (2.5 * x).dtype == .float64 && (x ** 2).dtype == .float64)
        let whole = Tensor([1, 2, 3])
        let doubled = whole * 2
        let halves = whole * 2.5 + 1
        #expect(doubled.dtype == .int64 && halves.dtype == .float32)
        #expect(
            Tensor(3).dtype == .int64 && Tensor(3).rank == 0 && Tensor([3], dtype: .uint8).dtype == .uint8)
        #expect(x[[1, 0]].array(of: Double.self) == [3, 4, 1.5, 2] && x[0, [1]].shape == [1])
        #expect(x.permute([1, 0]).shape == x.permute(1, 0).shape && x.reshape([4]).shape == [4])
        #expect(
            Tensor.cat([x, x]).shape == [4, 2] && Tensor.stack([[1, 2], [3, 4], [5, 6]]).shape == [3, 2])
        #expect(x.matmul([[1.0, 0], [0, 1]]).dtype == .float64)
        #expect(([1, 2] + x).array(of: Double.self) == [2.5, 4, 4, 6])
        var y = x
        y[0] = [7, 8]
        y[[1]] = [9]
        #expect(y.array(of: Double.self) == [7, 8, 9, 9])
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
