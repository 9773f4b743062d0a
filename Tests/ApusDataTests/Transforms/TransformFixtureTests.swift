import Apus
import ApusFormats
import Testing

@testable import ApusData

/// Pictures made by Pillow and torchvision: what `Scripts/transform_fixtures.py` wrote.
enum TransformFixtures {
    static let tensors: [String: Tensor] = {
        let parts = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        do {
            return try Safetensors.load(parts.joined(separator: "/") + "/Fixtures/transforms.safetensors")
        } catch { fatalError("\(error)") }
    }()

    static let source = image("source")
    static let gray = image("source.gray")

    static func image(_ name: String) -> Image {
        let tensor = tensors[name]!
        return Image(
            width: tensor.shape[1], height: tensor.shape[0], format: tensor.rank == 3 ? .rgb : .gray,
            pixels: tensor.array(of: UInt8.self))
    }

    /// Those of pictures, without the source.
    static let names = tensors.keys.filter {
        !$0.hasPrefix("source") && !$0.hasPrefix("tensor") && !$0.hasPrefix("magnitudes")
            && !$0.hasPrefix("mixing")
    }.sorted()
}

@Suite struct TransformFixtureTests {
    /// What is made of the source, by the case's name.
    private func made(_ name: String) throws -> Image {
        let (source, gray) = (TransformFixtures.source, TransformFixtures.gray)
        let parts = name.split(separator: ".").map(String.init)
        func size(_ text: String) -> (width: Int, height: Int) {
            let numbers = text.split(separator: "x").map { Int($0)! }
            return (numbers[0], numbers[1])
        }
        /// The number after the first point, which may have a point itself.
        func number() -> Double { Double(name.drop { $0 != "." }.dropFirst())! }
        func resampling(_ text: String) -> Image.Resampling { Image.Resampling(rawValue: text)! }
        switch parts[0] {
        case "resize":
            if name == "resize.shorter" { return Resize(24)(source) }
            if name == "resize.shorter-upright" { return Resize(50)(source.transposed()) }
            let (width, height) = size(parts[2])
            return Resize(width: width, height: height, resampling(parts[1]))(source)
        case "resize-gray": return gray.resized(width: 22, height: 16, resampling(parts[1]))
        case "center-crop":
            let (width, height) = size(parts[1])
            return CenterCrop(width: width, height: height)(source)
        case "pad":
            let paddings: [String: Image.Padding] = [
                "edge": .edge, "reflect": .reflect, "symmetric": .symmetric,
                "constant": .constant(.rgb(10, 20, 30)),
            ]
            return Pad(left: 3, top: 5, right: 7, bottom: 2, try #require(paddings[parts[1]]))(source)
        case "flip":
            return parts[1] == "horizontal" ? source.flippedHorizontally() : source.flippedVertically()
        case "rotate":
            if parts[1] == "center" { return source.rotated(degrees: 20, center: (3, 4)) }
            let degrees = parts.dropFirst().dropLast().joined(separator: ".")
            return source.rotated(degrees: Double(degrees)!, resampling(parts.last!), fill: .rgb(9, 8, 7))
        case "rotate-expanded": return source.rotated(degrees: number(), expands: true)
        case "affine":
            if parts[1] == "scaled" {
                return source.affine(translation: (2, 1), scale: 0.8, resampling(parts[2]))
            }
            return source.affine(
                degrees: 20, translation: (3, -4), scale: 1.2, shear: (10, -5), resampling(parts[1]),
                fill: .rgb(1, 2, 3))
        case "affine-gray":
            return gray.affine(degrees: -33, scale: 0.9, shear: (0, 3), resampling(parts[1]), fill: 77)
        case "perspective":
            return source.perspective(
                from: [(0, 0), (44, 0), (44, 34), (0, 34)], to: [(4, 3), (40, 1), (43, 30), (2, 28)],
                resampling(parts[1]), fill: .rgb(5, 6, 7))
        case "brightness": return source.brightness(number())
        case "contrast": return source.contrast(number())
        case "saturation": return source.saturation(number())
        case "sharpness": return source.sharpness(number())
        case "contrast-gray": return gray.contrast(0.4)
        case "hue": return source.hue(number())
        case "grayscale": return parts.count == 1 ? Grayscale()(source) : Grayscale(as: .rgb)(source)
        case "invert": return source.inverted()
        case "posterize": return source.posterized(bits: 3)
        case "solarize": return source.solarized(threshold: 100)
        case "autocontrast":
            let dull = Image(width: 45, height: 35, format: .rgb, pixels: source.pixels.map { $0 / 2 + 30 })
            return dull.autoContrasted()
        case "equalize": return source.equalized()
        case "equalize-gray": return gray.equalized()
        case "blur": return source.gaussianBlurred(size: 5, sigma: 1.1)
        case "rand", "trivial":
            let operation = try #require(Augmentation(rawValue: parts[1]))
            let strengths = parts[0] == "rand" ? RandAugment.strengths(source) : TrivialAugmentWide.strengths
            var magnitude = operation.magnitude(23, of: 31, strengths)
            if [.shearY, .translateX, .contrast].contains(operation) { magnitude = -magnitude }
            return operation(source, magnitude: magnitude, .nearest, fill: 0)
        default: throw Missing()
        }
    }

    private struct Missing: Error {}

    @Test(arguments: TransformFixtures.names)
    func bytesArePillows(_ name: String) throws {
        let (made, expected) = (try made(name), TransformFixtures.image(name))
        #expect(
            made.width == expected.width && made.height == expected.height && made.format == expected.format)
        let largest = zip(made.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
        // The blur is torchvision's on tensors, whose sums have another order.
        #expect(largest <= (name.hasPrefix("blur") ? 1 : 0), "differs by up to \(largest)")
    }

    @Test func magnitudesAreTorchvisions() {
        for (kind, strengths) in [
            ("rand", RandAugment.strengths(TransformFixtures.source)),
            ("trivial", TrivialAugmentWide.strengths),
        ] {
            for operation in Augmentation.allCases {
                guard let table = TransformFixtures.tensors["magnitudes.\(kind).\(operation.rawValue)"] else {
                    #expect([.identity, .autoContrast, .equalize].contains(operation))
                    continue
                }
                for (index, expected) in table.array(of: Float.self).enumerated() {
                    let found = operation.magnitude(index, of: 31, strengths)
                    #expect(abs(Float(found) - expected) <= 2e-5, "\(kind) \(operation) \(index)")
                    #expect(Int(found) == Int(expected), "\(kind) \(operation) \(index)")
                }
            }
        }
    }

    @Test func tensorsAreTorchvisions() {
        let (source, gray) = (TransformFixtures.source, TransformFixtures.gray)
        let (mean, std) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
        func check(_ made: Tensor, _ name: String) {
            let expected = TransformFixtures.tensors[name]!
            #expect(made.shape == expected.shape && made.dtype == .float32)
            #expect(made.array(of: Float.self) == expected.array(of: Float.self), "\(name)")
        }
        check(ToTensor()(source), "tensor")
        check(ToTensor()(gray), "tensor.gray")
        check(ToTensor(mean: mean.map { Float($0) }, std: std.map { Float($0) })(source), "tensor.normalized")
        check(Normalize(mean: mean, std: std)(ToTensor()(source)), "tensor.normalized")
    }

    private func expectMixed(_ made: (inputs: Tensor, targets: Tensor), _ name: String) throws {
        for (found, part) in [(made.inputs, "inputs"), (made.targets, "targets")] {
            let expected = try #require(TransformFixtures.tensors["mixing.\(name).\(part)"])
            #expect(found.shape == expected.shape, "\(name).\(part)")
            for (a, b) in zip(found.array(of: Float.self), expected.array(of: Float.self)) {
                #expect(abs(a - b) <= 1e-6, "\(name).\(part)")
            }
        }
    }

    @Test func batchesAreMixedAsByTorchvision() throws {
        let inputs = try #require(TransformFixtures.tensors["mixing.inputs"])
        let targets = try #require(TransformFixtures.tensors["mixing.targets"])
        for share in [0, 0.3, 1] as [Double] {
            try expectMixed((mixed(inputs, share), mixed(targets, share)), "up.\(share)")
        }
        for (share, x, y) in [
            (0.5, 3, 4), (0.3, 0, 0), (0.2, 6, 8), (0.6, 6, 1), (0, 3, 4), (1, 2, 2), (0.97, 3, 3),
        ] as [(Double, Int, Int)] {
            try expectMixed(
                CutMix.cut(inputs, targets, share: share, x: x, y: y), "cut.\(share).\(x).\(y)")
        }
    }
}
