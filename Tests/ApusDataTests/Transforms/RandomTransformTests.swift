import Apus
import ApusFormats
import Testing
import _ApusTestSupport

@testable import ApusData

@Suite struct RandomTransformTests {
    private let source = TransformFixtures.source

    private static let all: [(String, any ImageTransform)] = [
        ("RandomCrop", RandomCrop(20)),
        ("RandomCrop border", RandomCrop(width: 45, height: 35, border: 4, .reflect)),
        ("RandomCrop larger", RandomCrop(60)), ("RandomResizedCrop", RandomResizedCrop(24)),
        ("RandomHorizontalFlip", RandomHorizontalFlip()), ("RandomVerticalFlip", RandomVerticalFlip()),
        ("RandomRotation", RandomRotation(-30...30, .bilinear)),
        (
            "RandomAffine",
            RandomAffine(degrees: -9...9, translation: (0.1, 0.2), scale: 0.8...1.2, shearX: -5...5, fill: 9)
        ),
        ("RandomPerspective", RandomPerspective()),
        ("ColorJitter", ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1)),
        ("GaussianBlur", GaussianBlur(5)), ("RandAugment", RandAugment()),
        ("TrivialAugmentWide", TrivialAugmentWide()),
        ("RandomApply", RandomApply(0.5) { $0.inverted() }),
        ("Compose", Compose(RandomCrop(30), RandomHorizontalFlip(), ColorJitter(hue: 0.5))),
    ]

    /// The same generator gives the same picture, and another one others.
    @Test func draws() {
        for (name, transform) in Self.all {
            var pictures: [[UInt8]] = []
            for seed in 0..<12 as Range<UInt64> {
                var (first, second) = (
                    CounterGenerator(seed: seed, stream: 0, index: 0),
                    CounterGenerator(seed: seed, stream: 0, index: 0)
                )
                let picture = transform.callAsFunction(source, using: &first)
                #expect(picture == transform.callAsFunction(source, using: &second), "\(name)")
                if !pictures.contains(picture.pixels) { pictures.append(picture.pixels) }
            }
            #expect(pictures.count >= 2, "\(name)")
            // Gray pictures and tiny ones go through all of them.
            var generator = CounterGenerator(seed: 3, stream: 0, index: 0)
            let gray = transform.callAsFunction(source.gray, using: &generator)
            #expect(gray.format == .gray, "\(name)")
            if name != "GaussianBlur" {
                let pixel = Image(width: 1, height: 1, format: .rgb, pixels: [200, 100, 50])
                for _ in 0..<20 { _ = transform.callAsFunction(pixel, using: &generator) }
            }
        }
    }

    @Test func partsHaveTheirShareAndRatio() {
        var generator = CounterGenerator(seed: 1, stream: 0, index: 0)
        let crop = RandomResizedCrop(8, scale: 0.2...0.6, ratio: 0.5...2)
        for _ in 0..<500 {
            let part = crop.part(of: 400, 300, using: &generator)
            #expect(part.x >= 0 && part.y >= 0 && part.x + part.width <= 400 && part.y + part.height <= 300)
            let share = Double(part.width * part.height) / 120_000
            let ratio = Double(part.width) / Double(part.height)
            #expect(share > 0.19 && share < 0.61 && ratio > 0.49 && ratio < 2.05)
        }
        // No part of a strip has an allowed ratio: the middle.
        let strip = RandomResizedCrop(8, scale: 1...1).part(of: 100, 10, using: &generator)
        #expect(strip == (43, 0, 13, 10))
    }

    @Test func flipsHaveTheirProbability() {
        var generator = CounterGenerator(seed: 2, stream: 0, index: 0)
        let tiny = Image(width: 2, height: 1, format: .gray, pixels: [1, 2])
        let flip = RandomHorizontalFlip(0.3)
        let count = (0..<2000).filter { _ in flip(tiny, using: &generator).pixels == [2, 1] }.count
        #expect((520...680).contains(count), "\(count)")
        for _ in 0..<50 {
            #expect(RandomHorizontalFlip(0)(tiny, using: &generator) == tiny)
            #expect(RandomVerticalFlip(1)(tiny.transposed(), using: &generator).pixels == [2, 1])
        }
    }

    @Test func erasing() {
        var generator = CounterGenerator(seed: 4, stream: 0, index: 0)
        let x = Tensor.ones([3, 20, 30])
        for _ in 0..<50 {
            let erased = RandomErasing(1, scale: 0.1...0.2)(x, using: &generator)
            let zeros = erased.array(of: Float.self).filter { $0 == 0 }.count
            #expect(zeros > 3 * 40 && zeros < 3 * 140 && zeros.isMultiple(of: 3))
        }
        #expect(x.array(of: Float.self).allSatisfy { $0 == 1 })
        let noise = RandomErasing(1, fill: .noise)(x, using: &generator)
        #expect(noise.array(of: Float.self).contains { $0 != 1 && $0 != 0 })
        #expect(RandomErasing(0)(x, using: &generator).array(of: Float.self) == x.array(of: Float.self))
    }

    @Test func mixing() {
        var generator = CounterGenerator(seed: 5, stream: 0, index: 0)
        let inputs = Tensor.arange(4).to(.float32).reshape([4, 1, 1, 1]).broadcast(to: [4, 2, 8, 8])
        let targets = Tensor.eye(4)
        for _ in 0..<20 {
            let mixed = MixUp(alpha: 0.4)(inputs, targets: targets, using: &generator)
            // Each picture is the number of its class: the mean of the classes is the mean of the pictures.
            let numbers = mixed.targets.matmul(Tensor.arange(4).to(.float32).reshape([4, 1])).array(
                of: Float.self)
            let pixels = mixed.inputs[.all, 1, 3, 3].array(of: Float.self)
            #expect(zip(numbers, pixels).allSatisfy { abs($0 - $1) < 1e-5 })
            let cut = CutMix()(inputs, targets: targets, using: &generator)
            let means = cut.inputs.mean(axes: [1, 2, 3]).array(of: Float.self)
            let classes = cut.targets.matmul(Tensor.arange(4).to(.float32).reshape([4, 1])).array(
                of: Float.self)
            #expect(zip(means, classes).allSatisfy { abs($0 - $1) < 1e-5 })
            let whole = Set(cut.inputs.array(of: Float.self))
            #expect(whole.isSubset(of: [0, 1, 2, 3]))
        }
    }

    /// The mean of the beta distribution is ½, its variance 1 / (4 (2α + 1)).
    @Test func betaDeviates() {
        var generator = CounterGenerator(seed: 6, stream: 0, index: 0)
        for alpha in [0.2, 1, 3] {
            let values = (0..<4000).map { _ in beta(alpha, using: &generator) }
            let mean: Double = values.reduce(0, +) / 4000
            let squares: [Double] = values.map { ($0 - mean) * ($0 - mean) }
            let variance: Double = squares.reduce(0, +) / 4000
            #expect(values.allSatisfy { (0...1).contains($0) })
            #expect(abs(mean - 0.5) < 0.03)
            #expect(abs(variance * 4 * (2 * alpha + 1) - 1) < 0.1)
        }
    }

    @Test func refusals() async {
        // Rows are mixed with those of other ranks.
        await #expect(processExitsWith: .failure) {
            withBatchPart(BatchPart(start: 0, count: 2, total: 4)) {
                var generator = CounterGenerator(seed: 5, stream: 0, index: 0)
                _ = MixUp()(.ones([2, 3]), targets: .eye(2), using: &generator)
            }
        }
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Resize(0)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("Resize: a side cannot have 0 pixels"))
    }
}
