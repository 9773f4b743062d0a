import Testing
import _ApusTestSupport

@testable import Apus

/// Mixed precision: in which types operations compute within `autocast`.
@Suite struct AutocastTests {
    private static let generator = RandomGenerator(seed: 4)

    @Test func productsAreLowAndReductionsWide() {
        let x = Tensor.normal([4, 8], using: Self.generator)
        let weight = Tensor.normal([3, 8], using: Self.generator)
        let image = Tensor.normal([2, 3, 6, 6], using: Self.generator)
        let kernel = Tensor.normal([4, 3, 3, 3], using: Self.generator)
        autocast {
            let y = x.linear(weight)
            #expect(y.dtype == .bfloat16)
            #expect(x.matmul(weight.transpose()).dtype == .bfloat16)
            #expect(image.conv2d(kernel).dtype == .bfloat16)
            #expect(image.conv2d(kernel, activation: .relu).relu().dtype == .bfloat16)
            #expect(y.softmax().dtype == .float32 && y.sum().dtype == .float32 && y.exp().dtype == .float32)
            #expect((y ** 3.5).dtype == .float32 && y.layerNorm().dtype == .float32)
            #expect(y.softmaxCrossEntropy(Tensor([0, 1, 2, 0])).dtype == .float32)
            #expect((y + x.narrow(axis: 1, start: 0, count: 3)).dtype == .float32, "the widest type")
            #expect((y * 2).dtype == .bfloat16)
        }
        autocast(.float16) { #expect(x.linear(weight).dtype == .float16) }
        #expect(x.linear(weight).dtype == .float32)
    }

    @Test func othersStayAsTheyAre() {
        autocast {
            let wide = Tensor.ones([2, 2], dtype: .float64)
            #expect(wide.matmul(wide).dtype == .float64 && wide.sum().dtype == .float64)
            let complex = Tensor.ones([2, 2], dtype: .complex64)
            #expect(complex.matmul(complex).dtype == .complex64)
            #expect(Tensor([1, 2]).sum().dtype == .int64)
        }
    }

    @Test func valuesAreThoseOfRoundedInputs() {
        let x = Tensor.normal([16, 32], using: Self.generator)
        let weight = Tensor.normal([8, 32], using: Self.generator)
        let found = autocast { x.linear(weight) }
        let expected = x.to(.bfloat16).to(.float64).linear(weight.to(.bfloat16).to(.float64))
        let problem = difference(found, expected, relative: 1e-2, absolute: 1e-2)
        #expect(problem == nil, "\(problem ?? "")")
    }

    @Test func gradientsHaveTheParametersType() {
        let x = Tensor.normal([16, 3, 8, 8], using: Self.generator)
        let kernel = Tensor.normal([4, 3, 3, 3], using: Self.generator).requiringGradient()
        let weight = Tensor.normal([5, 4], using: Self.generator).requiringGradient()
        func loss() -> Tensor {
            x.conv2d(kernel, activation: .relu).mean(axes: [2, 3]).linear(weight)
                .softmaxCrossEntropy(Tensor((0..<16).map { $0 % 5 }))
        }
        let low = gradient(of: autocast { loss() }, at: [kernel, weight])
        #expect(low.map(\.dtype) == [.float32, .float32])
        for (low, full) in zip(low, gradient(of: loss(), at: [kernel, weight])) {
            let scale = full.abs().max().item(as: Double.self)
            #expect((low - full).abs().max().item(as: Double.self) < 0.05 * scale)
        }
    }

    /// What an operation computes its values and gradients of is not cast once more.
    @Test func whatOperationsCallIsNotCast() {
        let x = Tensor.normal([6, 6], dtype: .bfloat16, using: Self.generator)
        for (operation, sample) in Operation.all.flatMap({ operation in
            operation.samples.map { (operation, $0) }
        }) where operation.dtypes.contains(.float32) && operation.isDifferentiable {
            let inputs = ReplayTests.inputs(sample, .float32, seed: 1).map {
                $0.dtype.isDifferentiable ? $0.requiringGradient() : $0
            }
            let result = autocast { sample.call(inputs) }
            let wanted = inputs.filter(\.requiresGradient)
            if !result.requiresGradient || wanted.isEmpty { continue }
            let gradients = gradient(of: result, at: wanted, upstream: .ones(like: result))
            #expect(gradients.allSatisfy { $0.dtype == .float32 }, "\(operation.name): \(sample.reference)")
        }
        #expect(autocast { x.softmax() }.dtype == .float32)
    }

    @Test func aGraphHoldsTheConversions() throws {
        let x = Tensor.normal([4, 8], using: Self.generator)
        let weight = Tensor.normal([3, 8], using: Self.generator)
        let graph = autocast { Trace.of([x]) { [$0[0].linear(weight)] } }
        #expect(graph.description.contains("convert(target: bfloat16) x0"))
        #expect(try graph.run([x])[0].dtype == .bfloat16)
    }

    @Test func widerTypesAreRefused() async {
        await #expect(processExitsWith: .failure) { autocast(.float32) {} }
    }
}
