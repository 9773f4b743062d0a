import Foundation
import Testing

@testable import Apus

/// Elements in memory that begins anywhere: mapped files do, and pairs of their numbers are complex ones.
///
/// Results are those of aligned memory, bit for bit.
@Suite struct AlignmentTests {
    /// The same elements in memory that begins `offset` bytes after a multiple of 64.
    static func moved(_ x: Tensor, by offset: Int) -> Tensor {
        let count = x.storage.byteCount
        let memory = UnsafeMutableRawPointer.allocate(byteCount: count + offset, alignment: 64)
        (memory + offset).copyMemory(from: x.storage.pointer, byteCount: count)
        let address = Int(bitPattern: memory)
        let storage = Storage(borrowing: memory + offset, byteCount: count) {
            UnsafeMutableRawPointer(bitPattern: address)!.deallocate()
        }
        return Tensor(storage: storage, layout: x.layout, dtype: x.dtype)
    }

    /// Offsets in bytes: all are multiples of a part of an element, but not of vectors of 8, 16, 32 and 64 bytes alike.
    static func offsets(_ dtype: DType) -> [Int] {
        [dtype.realType.size, 4, 8, 16, 24, 32, 60].filter { $0 % dtype.realType.size == 0 }
    }

    static func bytes(_ x: Tensor) -> [UInt8] { x.withUnsafeBytes { Array($0) } }

    @Test(arguments: OperationCase.all)
    func whereMemoryBeginsDoesNotMatter(_ test: OperationCase) throws {
        let golden = try test.golden()
        for dtype in test.operation.dtypes {
            let inputs = test.inputs(golden, dtype.golden, as: dtype)
            for arrangement in LayoutTests.Arrangement.allCases {
                let arranged = inputs.map { arrangement($0) }
                let expected = test.sample.call(arranged.map { Self.moved($0, by: 0) })
                for offset in Self.offsets(dtype) {
                    let found = test.sample.call(
                        arranged.map {
                            Self.moved($0, by: offset % $0.dtype.realType.size == 0 ? offset : 64 - 8)
                        })
                    let (a, b) = (Self.bytes(found), Self.bytes(expected))
                    #expect(
                        a == b,
                        "\(test.testDescription) in \(dtype), \(arrangement), \(offset) bytes on")
                }
            }
        }
    }

    private struct Call: Sendable {
        let name: String
        let shapes: [Shape]
        let call: @Sendable ([Tensor]) -> Tensor

        init(_ name: String, _ shapes: Shape..., call: @escaping @Sendable ([Tensor]) -> Tensor) {
            self.name = name
            self.shapes = shapes
            self.call = call
        }
    }

    /// Sizes that reach the kernels of long runs, which samples do not.
    private static let calls = [
        Call("add", [3001], [3001]) { $0[0] + $0[1] }, Call("add a row", [70, 300], [300]) { $0[0] + $0[1] },
        Call("add a column", [300, 70], [300, 1]) { $0[0] * $0[1] },
        Call("add strided", [70, 300], [300, 70]) { $0[0] - $0[1].transpose() },
        Call("square root of flipped", [3001]) { $0[0].flip(axis: 0).sqrt() },
        Call("conjugate of a slice", [3001]) { $0[0][(1...).by(2)].conjugate() * 2 },
        Call("where", [3001], [3001]) { .where($0[0].abs() .> $0[1].abs(), $0[0].flip(axis: 0), $0[1]) },
        Call("maskedFill", [70, 300]) { $0[0].transpose().maskedFill($0[0].transpose().abs() .> 1, 0) },
        Call("transpose", [130, 70]) { $0[0].transpose().contiguous() },
        Call("short rows", [2, 3000]) { $0[0].transpose().contiguous() },
        Call("permute", [17, 33, 20]) { $0[0].permute(2, 0, 1).contiguous() },
        Call("every second", [70, 300]) { $0[0][.all, (0...).by(2)].contiguous() },
        Call("every fourth", [70, 300]) { $0[0][.all, (1...).by(4)].contiguous() },
        Call("cat", [70, 30], [70, 50]) { .cat($0, axis: 1) },
        Call("rows", [70, 30]) { $0[0].indexSelect(axis: 0, index: Tensor([3, 69, -1, 0])) },
        Call("columns", [70, 30]) { $0[0].indexSelect(axis: 1, index: Tensor([3, 29, -1, 0])) },
        Call("elements", [3001]) { $0[0][Tensor((0..<900).map { ($0 * 17) % 3001 })] },
        Call("scatter", [3001], [900]) {
            $0[0].scatterAdd(axis: 0, index: Tensor((0..<900).map { ($0 * 17) % 301 }), source: $0[1])
        },
        Call("maskedSelect", [70, 300]) { $0[0].maskedSelect($0[0].abs() .> 1) },
        Call("sum", [70, 300]) { $0[0].sum() }, Call("sum of rows", [70, 300]) { $0[0].sum(axis: 1) },
        Call("sum of columns", [70, 300]) { $0[0].sum(axis: 0) },
        Call("sum of the middle", [20, 70, 30]) { $0[0].sum(axis: 1) },
        Call("variance", [70, 300]) { $0[0].variance(axis: 1) },
        Call("norm", [70, 300]) { $0[0].norm(axis: 0) },
        Call("cumulativeSum", [70, 300]) { $0[0].cumulativeSum(axis: 1) },
        Call("matmul", [130, 70], [70, 90]) { $0[0].matmul($0[1]) },
        Call("matmul transposed", [70, 130], [90, 70]) { $0[0].transpose().matmul($0[1].transpose()) },
        Call("matmul large", [320, 257], [257, 320]) { $0[0].matmul($0[1]) },
        Call("matrix times vector", [130, 70], [70]) { $0[0].matmul($0[1]) },
        Call("vector times matrix", [130], [130, 70]) { $0[0].matmul($0[1]) },
        Call("outer", [130], [70]) { $0[0].outer($0[1]) }, Call("dot", [3001], [3001]) { $0[0].dot($0[1]) },
        Call("batch of products", [5, 33, 20], [5, 20, 17]) { $0[0].matmul($0[1]) },
        Call("linear", [33, 70], [50, 70], [50]) { $0[0].linear($0[1], bias: $0[2]) },
        Call("einsum", [5, 33, 20], [20, 33]) { einsum("bij,ji->b", $0[0], $0[1]) },
        Call("conv2d 3×3", [2, 16, 20, 20], [16, 16, 3, 3], [16]) {
            $0[0].conv2d($0[1], bias: $0[2], padding: 1)
        },
        Call("conv2d 1×1", [2, 16, 20, 20], [32, 16, 1, 1], [32]) { $0[0].conv2d($0[1], bias: $0[2]) },
        Call("conv2d depthwise", [2, 32, 20, 20], [32, 1, 3, 3], [32]) {
            $0[0].conv2d($0[1], bias: $0[2], padding: 1, groups: 32)
        },
        Call("conv2d narrow", [2, 3, 20, 20], [8, 3, 3, 3], [8]) {
            $0[0].conv2d($0[1], bias: $0[2], padding: 1)
        },
        Call("conv2d of channels last", [2, 20, 20, 16], [16, 16, 3, 3]) {
            $0[0].permute(0, 3, 1, 2).conv2d($0[1], stride: 2)
        },
        Call("convTranspose2d", [2, 16, 9, 9], [16, 8, 3, 3], [8]) {
            $0[0].convTranspose2d($0[1], bias: $0[2], stride: 2)
        },
        Call("avgPool2d", [2, 16, 20, 20]) { $0[0].avgPool2d(3) },
        Call("stft", [2000]) { $0[0].stft(nFFT: 128) },
        Call("fft", [70, 256]) { $0[0].fft() }, Call("fft of 97", [7, 97]) { $0[0].fft() },
        Call("fft of columns", [256, 33]) { $0[0].fft(axis: 0) }, Call("fft2", [60, 48]) { $0[0].fft2() },
        Call("long fft", [1 << 15]) { $0[0].fft() },
        Call("dropout", [3001]) { $0[0].dropout(0.5, using: RandomGenerator(seed: 1)) },
        Call("16 MiB", [1 << 11, 1 << 10], [1 << 11, 1 << 10]) {
            ($0[0] + $0[1]).flip(axis: 0) + $0[1].transpose(0, 1).flatten().reshape([1 << 11, 1 << 10])
        },
    ]

    /// Of real numbers only.
    private static let realCalls = [
        Call("softmax", [70, 300]) { $0[0].softmax(axis: 1) },
        Call("softmax of columns", [300, 70]) { $0[0].softmax(axis: 0) },
        Call("logSumExp", [70, 300]) { $0[0].logSumExp(axis: 1) },
        Call("sort", [70, 300]) { $0[0].sort().values },
        Call("argmax", [70, 300]) { $0[0].argmax(axis: 1) },
        Call("max of columns", [70, 300]) { $0[0].max(axis: 0).values },
        Call("layerNorm", [70, 300], [300], [300]) { $0[0].layerNorm(weight: $0[1], bias: $0[2]) },
        Call("batchNorm", [20, 48, 9], [48], [48]) { $0[0].batchNorm(weight: $0[1], bias: $0[2]) },
        Call("groupNorm", [20, 48, 9], [48], [48]) { $0[0].groupNorm(groups: 4, weight: $0[1], bias: $0[2]) },
        Call("rmsNorm", [70, 300], [300]) { $0[0].rmsNorm(weight: $0[1]) },
        Call("maxPool2d", [2, 16, 20, 20]) { $0[0].maxPool2d(3, stride: 2) },
        Call("interpolate", [2, 16, 20, 20]) { $0[0].interpolate(size: [33, 17], mode: .bilinear) },
        Call("searchSorted", [300], [70, 30]) { $0[0].sort().values.searchSorted($0[1]) },
        Call("rfft", [70, 256]) { $0[0].rfft() }, Call("gelu", [3001]) { $0[0].gelu() },
    ]

    private static let complexCalls = [
        Call("complexBatchNorm", [20, 48, 9]) { $0[0].complexBatchNorm() },
        Call("complexLayerNorm", [70, 300]) { $0[0].complexLayerNorm() },
        Call("complexMaxPool2d", [2, 16, 20, 20]) { $0[0].complexMaxPool2d(2) },
        Call("crelu", [3001]) { $0[0].crelu() },
        Call("modReLU", [20, 48]) { $0[0].modReLU(bias: Tensor([Float(0.1)])) },
        Call("irfft", [70, 129]) { $0[0].irfft() }, Call("abs", [70, 300]) { $0[0].flip(axis: 1).abs() },
        Call("real", [3001]) { $0[0].real.flip(axis: 0) + $0[0].imaginary },
        Call("inverse", [5, 20, 20]) {
            try! ($0[0].matmul($0[0].adjoint()) + .eye(20, dtype: $0[0].dtype)).inverse()
        },
    ]

    @Test(arguments: [DType.float32, .float64, .bfloat16, .float16, .complex64, .complex128])
    func norWithLongRuns(_ dtype: DType) {
        for call in Self.calls + (dtype.isComplex ? Self.complexCalls : Self.realCalls) {
            let inputs = call.shapes.enumerated().map { index, shape in
                Tensor.normal(shape, dtype: dtype, using: RandomGenerator(seed: UInt64(index + 1)))
            }
            let expected = Self.bytes(call.call(inputs.map { Self.moved($0, by: 0) }))
            let offsets = inputs[0].count > 1 << 20 ? [dtype.realType.size] : Self.offsets(dtype)
            for offset in offsets {
                let found = Self.bytes(call.call(inputs.map { Self.moved($0, by: offset) }))
                #expect(found == expected, "\(call.name) in \(dtype), \(offset) bytes on")
            }
        }
    }

    /// Where no element could lie, the elements are copied.
    @Test(arguments: DType.allCases) func everyByteIsABeginning(_ dtype: DType) {
        let x = (Tensor.arange(40) % 2).to(dtype)
        for offset in 0..<16 {
            let y = Self.moved(x, by: offset)
            let misplaced = Int(bitPattern: y.storage.pointer) % dtype.realType.size
            #expect(misplaced == 0)
            let found = Self.bytes(y.flip(axis: 0).flip(axis: 0))
            #expect(found == Self.bytes(x), "\(dtype), \(offset) bytes on")
        }
    }

    /// A safetensors file's float64 pairs as complex numbers: the beginning is a multiple of 8 only.
    @Test func pairsOfMappedNumbers() {
        let numbers = Self.moved(Tensor.arange(4000, dtype: .float64).reshape([2000, 2]), by: 8)
        let z = numbers.viewAsComplex()
        let remainder = Int(bitPattern: z.storage.pointer) % 16
        #expect(remainder == 8)
        let reals: [Double] = (z.flip(axis: 0) + 1).real.array()
        let backwards: [Double] = (0..<2000).map { Double(3999 - 2 * $0) }
        #expect(reals == backwards)
        let imaginaries: [Double] = z[(1...).by(2)].imaginary.array()
        let everySecond: [Double] = (0..<1000).map { Double(4 * $0 + 3) }
        #expect(imaginaries == everySecond)
    }
}
