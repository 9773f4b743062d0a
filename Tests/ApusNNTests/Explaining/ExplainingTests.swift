import Apus
import ApusFormats
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

/// What layers give, Grad-CAM, effective receptive fields and filters.
@Suite struct ExplainingTests {
    private static let generator = RandomGenerator(seed: 7)

    private static func network() -> Sequential {
        Sequential(
            Conv2d(2, 4, kernel: 3, padding: 1, using: generator), ReLU(), MaxPool2d(2),
            Conv2d(4, 6, kernel: 3, padding: 1, using: generator), ReLU(), AdaptiveAvgPool2d(1), Flatten(),
            Linear(6, 3, using: generator))
    }

    /// What Scripts/explaining_peer.py wrote.
    private static func fixture() throws -> (model: Sequential, values: [String: Tensor]) {
        let parts = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        let values = try Safetensors.load(parts.joined(separator: "/") + "/Fixtures/explaining.safetensors")
        let model = network()
        try model.load(
            Dictionary(
                uniqueKeysWithValues: values.filter { $0.key.hasPrefix("model.") }
                    .map { (String($0.key.dropFirst(6)), $0.value) }))
        return (model, values)
    }

    private func expectSame(_ found: Tensor, _ expected: Tensor?, _ comment: String) throws {
        let expected = try #require(expected)
        #expect(found.shape == expected.shape, "\(comment)")
        let problem = difference(found, expected.to(.float64), relative: 1e-4, absolute: 1e-6)
        #expect(problem == nil, "\(comment) \(problem ?? "")")
    }

    @Test func asPyTorchComputesThem() throws {
        let (model, values) = try Self.fixture()
        let input = values["input"]!
        let last = try model.gradCAM(input: input)
        #expect(last.layer == "4")
        #expect(last.classes.map(Int64.init) == values["classes"]!.array(of: Int64.self))
        try expectSame(last.maps, values["cam.last"], "the last map")
        let first = try model.gradCAM(layer: "0", input: input, class: 2)
        #expect(first.classes == [2, 2])
        try expectSame(first.maps, values["cam.0.2"], "the first layer")
        for layer in ["1", "4"] {
            let field = try model.effectiveReceptiveField(layer: layer, input: input)
            try expectSame(field.map, values["field.\(layer)"], "the field of \(layer)")
        }
        #expect(model.parameters().allSatisfy { $0.grad == nil })
    }

    /// logit_c = Σ_k w_ck · mean A_k: α_k = w_ck / (height · width), and the map is ReLU(Σ_k α_k·A_k).
    @Test func aLinearClassifierByHand() throws {
        let model = Sequential(
            Conv2d(1, 2, kernel: 1), AdaptiveAvgPool2d(1), Flatten(), Linear(2, 2, bias: false))
        let convolution = model[0] as! Conv2d
        convolution.weight.value = Tensor([1, -1] as [Float], shape: [2, 1, 1, 1])
        convolution.bias!.value = Tensor([0, 5] as [Float], shape: [2])
        (model[3] as! Linear).weight.value = Tensor([8, 0, -4, 2] as [Float], shape: [2, 2])
        let picture = Tensor([0, 1, 2, 3] as [Float], shape: [1, 1, 2, 2])
        // Where no parameter is trained, too.
        for parameter in model.parameters() { parameter.isTrainable = false }
        // A_1 = x, A_2 = 5 − x; α = [8, 0] / 4 and [−4, 2] / 4.
        let zero = try model.gradCAM(input: picture, class: 0)
        #expect(zero.maps.array(of: Float.self) == [0, 2, 4, 6])
        let one = try model.gradCAM(input: picture, class: 1)
        #expect(one.maps.array(of: Float.self) == [2.5, 1, 0, 0])
        // Logits 12 and −6 + 7: the first is the likeliest.
        #expect(try model.gradCAM(input: picture).classes == [0])
    }

    @Test func complexMapsAreWeighedInTheDirectionThatTheLogitGrows() throws {
        let model = Sequential(
            Conv2d(1, 1, kernel: 1, bias: false, dtype: .complex64), Modulus(), AdaptiveAvgPool2d(1),
            Flatten(),
            Linear(1, 2, bias: false))
        (model[4] as! Linear).weight.value = Tensor([1, -1] as [Float], shape: [2, 1])
        let picture = Tensor([1, 2, 3, 4] as [Float], shape: [1, 1, 2, 2]).to(.complex64)
        // The logit is the mean of |A|, so that Re(conj(α)·A) is positive where |A| is.
        let seen = try model.gradCAM(layer: "0", input: picture, class: 0)
        #expect(seen.maps.array(of: Float.self).allSatisfy { $0 > 0 })
        #expect(
            try model.gradCAM(layer: "0", input: picture, class: 1).maps.array(of: Float.self) == [
                0, 0, 0, 0,
            ])
    }

    @Test func whatLayersGive() {
        let model = Sequential(Sequential(Conv2d(1, 2, kernel: 3), ReLU()), Flatten())
        let results = model.layerResults(.ones([1, 1, 5, 5]))
        #expect(results.map(\.name) == ["0.0", "0.1", "0", "1", ""])
        #expect(
            results.map(\.value.shape) == [[1, 2, 3, 3], [1, 2, 3, 3], [1, 2, 3, 3], [1, 18], [1, 18]])
        // Nobody looks any more.
        #expect(model(.ones([1, 1, 5, 5])).shape == [1, 18])
    }

    @Test func namesThatAreNone() throws {
        let (model, values) = try Self.fixture()
        let input = values["input"]!
        func message(_ body: () throws -> Void) -> String? {
            (#expect(throws: LayerError.self) { try body() })?.description
        }
        let deep = Sequential(Sequential(model, Identity()), Identity())
        let unknown = message { _ = try deep.featureMap(layer: "0.0.33", input: input) }
        #expect(unknown?.hasPrefix("there is no layer '0.0.33'; there are among others: 0.0.3, ") == true)
        #expect(
            message { _ = try model.gradCAM(layer: "7", input: input) }?.contains("[2, 3], not feature maps")
                == true)
        #expect(
            message { _ = try model.gradCAM(input: input, class: 3) }?.contains(
                "no class 3: the model tells 3") == true)
        #expect(
            message { _ = try Sequential(Linear(4, 2)).gradCAM(input: .ones([1, 4])) }?
                .contains("no layer of Sequential gives feature maps") == true)
        #expect(
            message { _ = try Sequential(Conv2d(2, 1, kernel: 1)).gradCAM(input: input) }?
                .contains("not [batch, classes]") == true)
        #expect(message { _ = try model.filters(layer: "7") }?.contains("7 has no convolution") == true)
    }

    @Test func aStackOfConvolutionsSeesLessThanItsField() throws {
        let generator = RandomGenerator(seed: 4)
        let model = Sequential(
            (0..<6).map { _ -> any Layer in Conv2d(2, 2, kernel: 3, padding: 1, using: generator) })
        // Weights of one sign: no paths cancel.
        for parameter in model.parameters() {
            parameter.value = .uniform(parameter.shape, low: 0.5, high: 1, using: generator)
        }
        let side = 31
        let computed = model.summary(input: [1, 2, side, side]).layers.last!.receptiveField[0]
        #expect(computed.size == 13)
        let found = try model.effectiveReceptiveField(input: .ones([2, 2, side, side]))
        let map = found.map.array(of: Float.self)
        var (rows, columns) = (Set<Int>(), Set<Int>())
        for (index, value) in map.enumerated() where value > 0 {
            rows.insert(index / side)
            columns.insert(index % side)
        }
        // Position 15 sees 15 + center ± 6 and nothing else.
        let middle = side / 2 + Int(computed.center)
        #expect(rows == Set(middle - 6...middle + 6) && columns == rows)
        #expect(map.firstIndex(of: 1) == middle * side + middle, "the middle matters most")
        let half = found.side(holding: 0.5)
        #expect(half < 13 && half >= 3 && found.side(holding: 1) == 13, "\(half)")
        // A single 3×3 convolution of ones: all nine positions alike, of which the middle one holds a ninth.
        let one = Sequential(Conv2d(1, 1, kernel: 3, padding: 1, bias: false))
        (one[0] as! Conv2d).weight.value = .ones([1, 1, 3, 3])
        let even = try one.effectiveReceptiveField(input: .ones([1, 1, 7, 7]))
        #expect(even.map.sum().item(as: Float.self) == 9)
        #expect(even.side(holding: 0.1) == 1 && even.side(holding: 0.2) == 3)
    }

    @Test func axesOfTransformersMapsAreFound() throws {
        // [batch, height, width, channels], as windows of attention have it.
        final class Last: Module, Layer {
            func forward(_ x: Tensor) -> Tensor { x.permute(0, 2, 3, 1) }
        }
        let model = Sequential(Conv2d(1, 5, kernel: 1), Last())
        for shape in [[2, 1, 7, 7], [2, 1, 4, 9]] {
            let map = try model.featureMap(input: .ones(shape))
            #expect(map.layer == "1" || map.layer == "")
            #expect(map.value.shape == [2, 5] + shape.dropFirst(2))
        }
    }

    @Test func filtersAndTheirSpectra() throws {
        let model = Sequential(Linear(3, 3), Sequential(Conv2d(1, 2, kernel: 3), Conv2d(2, 3, kernel: 5)))
        (((model[1] as! Sequential)[0]) as! Conv2d).weight.value = Tensor.cat([
            .full([1, 1, 3, 3], 1.0 / 9),
            Tensor([0, 0, 0, -1, 0, 1, 0, 0, 0] as [Float], shape: [1, 1, 3, 3]),
        ])
        let first = try model.filters()
        #expect(first.layer == "1.0" && first.weight.shape == [2, 1, 3, 3])
        #expect(try model.filters(layer: "1.1").weight.shape == [3, 2, 5, 5])
        #expect(try model.filters(layer: "1").layer == "1.0")
        let spectra = first.spectra(size: 16)
        #expect(spectra.shape == [2, 1, 16, 16])
        // A mean lets the frequency 0 pass, which is in the middle; a difference does not, but those along its axis.
        #expect(abs(spectra[0, 0, 8, 8].item(as: Float.self) - 1) < 1e-6)
        #expect(spectra[0].max().item(as: Float.self) <= 1 + 1e-6)
        #expect(spectra[1, 0, 8, 8].item(as: Float.self) < 1e-6)
        #expect(abs(spectra[1, 0, 8, 4].item(as: Float.self) - 2) < 1e-5)
        #expect(spectra[1, 0, 4, 8].item(as: Float.self) < 1e-6)
    }
}
