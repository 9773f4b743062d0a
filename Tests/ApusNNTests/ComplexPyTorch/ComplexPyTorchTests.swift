import Apus
import ApusFormats
import ApusNN
import ComplexModule
import Testing

/// A network of complexPyTorch, with the weights and the results that Scripts/complexpytorch_peer.py wrote.
@Suite struct ComplexPyTorchTests {
    private final class Net: Module, Layer {
        let conv1 = Conv2d(2, 4, kernel: 3, padding: 1, groups: 2, dtype: .complex64)
        let bn1 = ComplexBatchNorm2d(4)
        let up = ConvTranspose2d(4, 3, kernel: 3, stride: 2, outputPadding: 1, dtype: .complex64)
        let bn2 = NaiveComplexBatchNorm2d(3)
        let conv2 = Conv2d(3, 5, kernel: 3, stride: 2, bias: false, dtype: .complex64)
        let fc1 = Linear(20, 8, dtype: .complex64)
        let bn3 = ComplexBatchNorm1d(8)
        let bn4 = NaiveComplexBatchNorm1d(8)
        let fc2 = Linear(8, 4, dtype: .complex64)

        func forward(_ x: Tensor) -> Tensor {
            var x = bn1(conv1(x).crelu().complexMaxPool2d(2))
            x = bn2(up(x).crelu())
            x = conv2(x).avgPool2d(2)
            return fc2(bn4(bn3(fc1(x.flatten(from: 1)).crelu())))
        }
    }

    private func path(_ name: String, file: StaticString = #filePath) -> String {
        let parts = "\(file)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return parts.joined(separator: "/") + "/Fixtures/complexPyTorch/" + name
    }

    /// The largest difference in units of the largest modulus.
    private func distance(_ found: Tensor, _ expected: Tensor) -> Double {
        #expect(found.shape == expected.shape)
        let difference = (found.to(.complex128) - expected.to(.complex128)).abs().max()
        return (difference / expected.to(.complex128).abs().max()).item(as: Double.self)
    }

    @Test func resultsAreThoseOfThePackage() throws {
        let results = try Safetensors.load(path("results.safetensors"))
        let model = Net()
        try ComplexPyTorch.load(path("weights.safetensors"), into: model)
        let x = try #require(results["input"])
        model.evaluate()
        #expect(distance(model(x), try #require(results["evaluation"])) < 1e-5)
        model.train()
        #expect(distance(model(x), try #require(results["training"])) < 1e-5)

        let after = results.filter { $0.key.hasPrefix("after.") }
        let expected = try ComplexPyTorch.state(
            Dictionary(uniqueKeysWithValues: after.map { (String($0.key.dropFirst(6)), $0.value) }))
        let found = model.namedBuffers()
        #expect(found.count == expected.count)
        for (name, buffer) in found {
            let value = try #require(expected[name])
            #expect(buffer.value.dtype == value.dtype, "\(name)")
            expectClose(buffer.value, value, name, relative: 1e-5)
        }
    }

    @Test func halvesBecomeComplexTensors() throws {
        let real = Tensor([1.0, 2], dtype: .float32)
        let imaginary = Tensor([10.0, -20], dtype: .float32)
        let state = try ComplexPyTorch.state([
            "a.b.conv_r.weight": real, "a.b.conv_i.weight": imaginary,
            "a.b.conv_r.bias": real, "a.b.conv_i.bias": imaginary,
            "up.conv_tran_r.weight": real.to(.float64), "up.conv_tran_i.weight": imaginary.to(.float64),
            "fc_r.weight": real.to(.float16), "fc_i.weight": imaginary.to(.float16),
            "0.bn_r.running_var": real, "0.bn_i.running_var": imaginary,
            "bn.weight": real, "conv_r.scale": real, "fc_r": imaginary,
        ])
        let weight: [Complex<Float>] = [.init(1, 10), .init(2, -20)]
        #expect(state.count == 9)
        #expect(state["a.b.weight"]?.array(of: Complex<Float>.self) == weight)
        #expect(state["a.b.bias"]?.array(of: Complex<Float>.self) == [.init(-9, 11), .init(22, -18)])
        #expect(state["up.weight"]?.array(of: Complex<Double>.self) == [.init(1, 10), .init(2, -20)])
        #expect(state["weight"]?.array(of: Complex<Float>.self) == weight)
        #expect(state["0.real.running_var"]?.array(of: Float.self) == [1, 2])
        #expect(state["0.imaginary.running_var"]?.array(of: Float.self) == [10, -20])
        #expect(state["bn.weight"]?.dtype == .float32 && state["conv_r.scale"] != nil && state["fc_r"] != nil)
    }

    @Test func halvesThatDoNotFitAreErrors() {
        let x = Tensor.zeros([2, 3])
        let cases: [([String: Tensor], String)] = [
            (
                ["a.conv_r.weight": x],
                "expected a.conv_i.weight beside a.conv_r.weight, which is half of a complex tensor, found none"
            ),
            (
                ["bn_i.running_mean": x],
                "expected bn_r.running_mean beside bn_i.running_mean, which is half of a complex tensor, found none"
            ),
            (
                ["fc_r.bias": x, "fc_i.bias": .zeros([3])],
                "expected fc_r.bias of shape [3], as fc_i.bias, found [2, 3]"
            ),
            (
                ["fc_r.bias": x, "fc_i.bias": x.to(.float64)],
                "expected fc_r.bias of dtype float64, as fc_i.bias, found float32"
            ),
            (
                ["fc_r.bias": x.to(.int64), "fc_i.bias": x.to(.int64)],
                "expected fc_r.bias of a real floating-point type, as half of a complex tensor, found int64"
            ),
            (
                ["a.fc_r.bias": x, "a.fc_i.bias": x, "a.bias": x],
                "expected no a.bias beside a.fc_i.bias, which is loaded under that name, found float32 [2, 3]"
            ),
        ]
        for (tensors, expected) in cases {
            do {
                _ = try ComplexPyTorch.state(tensors)
                Issue.record("no error: \(expected)")
            } catch { #expect("\(error)" == expected) }
        }
    }

    @Test func anotherModelIsAnError() throws {
        let weights = path("weights.safetensors")
        let model = Linear(20, 8, dtype: .complex64)
        let before = model.weight.value.array(of: Complex<Float>.self)
        #expect(throws: StateMismatch.self) { try ComplexPyTorch.load(weights, into: model) }
        try ComplexPyTorch.load(weights, into: model, strict: false)
        #expect(model.weight.value.array(of: Complex<Float>.self) == before)
        #expect(throws: FileError.self) { try ComplexPyTorch.load(weights + ".none", into: model) }
    }

    @Test func complexWeightsDoNotGoIntoRealLayers() throws {
        let layer = Linear(3, 2)
        do {
            try layer.load(Linear(3, 2, dtype: .complex64).stateDictionary())
            Issue.record("imaginary parts were dropped")
        } catch let mismatch as StateMismatch {
            #expect(mismatch.complex == ["weight", "bias"])
            #expect("\(mismatch)".contains("complex weight, bias for real layers"))
        }
        try Linear(3, 2, dtype: .complex64).load(layer.stateDictionary())
    }

    @Test func dropoutScalesTwice() {
        let x = Tensor.full([3, 40, 5, 5], 1, dtype: .complex64)
        func moduli(_ layer: some Layer, _ x: Tensor) -> Set<Float> {
            Set(layer(x).abs().array(of: Float.self))
        }
        #expect(moduli(ComplexPyTorch.Dropout(0.5), x) == [0, 4])
        #expect(moduli(ComplexPyTorch.Dropout2d(0.5), x) == [0, 4])
        #expect(moduli(ComplexPyTorch.Dropout2d(0.5), x.reshape([30, 100])) == [0, 4])
        let channels = ComplexPyTorch.Dropout2d(0.5)(x).abs().reshape([120, 25])
        let (highest, lowest) = (channels.max(axes: [1]), channels.min(axes: [1]))
        #expect(highest.array(of: Float.self) == lowest.array(of: Float.self))
        let layer = ComplexPyTorch.Dropout(0.5)
        layer.evaluate()
        #expect(moduli(layer, x) == [1])
    }
}
