import Apus
import ApusKernels
import Foundation
import Testing
import _ApusTestSupport

/// 624 convolutions of random sizes against PyTorch's, real and complex, with all their gradients: `Scripts/convolution_grid.py`
/// chose them.
@Suite struct ConvolutionGridTests {
    struct Case: Decodable, Sendable {
        let transposed: Bool
        let batch: Int
        let inputs: Int
        let outputs: Int
        let groups: Int
        let kernel: [Int]
        let stride: [Int]
        let dilation: [Int]
        let padding: [Int]
        let outputPadding: [Int]?
        let bias: Bool
        let input: [Int]
        let shape: [Int]
        let results: [[Double]]
        let complexResults: [[Double]]
    }

    static let cases: [Case] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Golden/convolution-grid.json")
        return try! JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
    }()

    @Test(arguments: 0..<12)
    func resultsAndGradientsEqualPyTorch(_ part: Int) {
        #expect(Self.cases.count >= 500)
        for (number, item) in Self.cases.enumerated() where number % 12 == part {
            compare(item, number, item.results, .float64, .float32)
        }
    }

    @Test(arguments: 0..<12)
    func complexResultsAndGradientsEqualPyTorch(_ part: Int) {
        for (number, item) in Self.cases.enumerated() where number % 12 == part {
            compare(item, number, item.complexResults, .complex128, .complex64)
        }
    }

    @Test(arguments: ConvolutionEngine.allCases)
    func everyEngineGivesTheSame(_ engine: ConvolutionEngine) {
        for (number, item) in Self.cases.enumerated() {
            let results = ConvolutionEngine.$forced.withValue(engine) { compute(item, .float32) }
            compare(results, compute(item, .float64), item, number)
        }
    }

    /// Double precision against PyTorch's numbers, single precision against double.
    private func compare(
        _ item: Case, _ number: Int, _ wanted: [[Double]], _ precise: DType, _ quick: DType
    ) {
        let exact = compute(item, precise)
        #expect(exact[0].shape == item.shape, "case \(number)")
        #expect(exact.count == wanted.count)
        for (result, wanted) in zip(exact, wanted) {
            let got = summary(result)
            let norm = wanted[1].squareRoot()
            #expect(abs(got[0] - wanted[0]) <= 1e-10 * (1 + norm), "case \(number): \(item)")
            #expect(abs(got[1] - wanted[1]) <= 1e-10 * (1 + wanted[1]), "case \(number): \(item)")
        }
        compare(compute(item, quick), exact, item, number)
    }

    private func compare(_ results: [Tensor], _ exact: [Tensor], _ item: Case, _ number: Int) {
        for (result, wanted) in zip(results, exact) where result.count > 0 {
            let difference = (result.to(wanted.dtype) - wanted).abs().max().item(as: Double.self)
            let largest = wanted.abs().max().item(as: Double.self)
            // In this one products up to 1 cancel to 0.007: one and a half roundings of theirs, 9e-8, are left.
            let least = number == 555 ? 1e-2 : 1e-3
            #expect(difference <= 1e-5 * max(largest, least), "case \(number): \(item)")
        }
    }

    /// The result, and the gradients of input, weight and bias.
    private func compute(_ item: Case, _ dtype: DType) -> [Tensor] {
        func filled(_ shape: Shape, _ phase: Double) -> Tensor {
            let real = self.filled(shape, phase)
            if !dtype.isComplex { return real.to(dtype) }
            return Tensor.complex(real: real, imaginary: self.filled(shape, phase + 0.7)).to(dtype)
        }
        let x = filled([item.batch, item.inputs] + item.input, 0.1).requiringGradient()
        let pair = item.transposed ? [item.inputs, item.outputs] : [item.outputs, item.inputs]
        let weight = filled([pair[0], pair[1] / item.groups] + item.kernel, 0.2).requiringGradient()
        let bias = item.bias ? filled([item.outputs], 0.3).requiringGradient() : nil
        let y = item.transposed ? transposed(item, x, weight, bias) : plain(item, x, weight, bias)
        y.backward(filled(y.shape, 0.4))
        return [y.detach(), x.grad!, weight.grad!] + (bias.map { [$0.grad!] } ?? [])
    }

    private func plain(_ item: Case, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        let (stride, dilation) = (Extents(item.stride), Extents(item.dilation))
        let padding = ConvolutionPadding.symmetric(Extents(item.padding))
        switch item.kernel.count {
        case 1:
            return x.conv1d(
                weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: item.groups)
        case 2:
            return x.conv2d(
                weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: item.groups)
        default:
            return x.conv3d(
                weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: item.groups)
        }
    }

    private func transposed(_ item: Case, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        let (stride, dilation) = (Extents(item.stride), Extents(item.dilation))
        let (padding, extra) = (Extents(item.padding), Extents(item.outputPadding!))
        switch item.kernel.count {
        case 1:
            return x.convTranspose1d(
                weight, bias: bias, stride: stride, padding: padding, outputPadding: extra,
                dilation: dilation,
                groups: item.groups)
        case 2:
            return x.convTranspose2d(
                weight, bias: bias, stride: stride, padding: padding, outputPadding: extra,
                dilation: dilation,
                groups: item.groups)
        default:
            return x.convTranspose3d(
                weight, bias: bias, stride: stride, padding: padding, outputPadding: extra,
                dilation: dilation,
                groups: item.groups)
        }
    }

    private func filled(_ shape: Shape, _ phase: Double) -> Tensor {
        let count = shape.reduce(1, *)
        return Tensor(
            (0..<count).map { sin(Double($0) * Double($0) * 0.73 + phase) }, shape: shape, dtype: .float64)
    }

    private func summary(_ x: Tensor) -> [Double] {
        let elements = (x.dtype.isComplex ? x.viewAsReal() : x).array(of: Double.self)
        return [
            elements.enumerated().reduce(0) { $0 + $1.element * cos(Double($1.offset) * 0.37 + 0.5) },
            elements.reduce(0) { $0 + $1 * $1 },
        ]
    }
}
