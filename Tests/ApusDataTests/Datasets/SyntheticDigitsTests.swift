import Apus
import Testing
import _ApusTestSupport

@testable import ApusData

@Suite struct SyntheticDigitsTests {
    @Test func theSameSeedGivesTheSameBytesEverywhere() {
        let set = SyntheticDigits(seed: 0).dataset(.train, count: 64)
        #expect(set.images.withUnsafeBytes { checksum($0) } == 3_087_079_973)
        #expect(set.labels.withUnsafeBytes { checksum($0) } == 2_377_103_375)
    }

    @Test func anImageDependsOnItsIndexAlone() {
        let digits = SyntheticDigits(seed: 5)
        let set = digits.dataset(.test, count: 300)
        let pixels = set.images.array(of: UInt8.self)
        let labels = set.labels.array(of: UInt8.self)
        for index in [0, 1, 127, 128, 299] {
            #expect(digits.pixels(index, of: .test) == Array(pixels[784 * index..<784 * (index + 1)]))
            #expect(digits.label(index, of: .test) == labels[index])
        }
        let fewer = digits.dataset(.test, count: 10)
        #expect(fewer.images.array(of: UInt8.self) == Array(pixels[..<7840]))
    }

    @Test func seedsAndSplitsDiffer() {
        let one = SyntheticDigits(seed: 1).dataset(.train, count: 40)
        let two = SyntheticDigits(seed: 2).dataset(.train, count: 40)
        let test = SyntheticDigits(seed: 1).dataset(.test, count: 40)
        let sets = [one, two, test].map { $0.images.array(of: UInt8.self) }
        for index in 0..<40 {
            let images = sets.map { Array($0[784 * index..<784 * (index + 1)]) }
            #expect(images[0] != images[1] && images[0] != images[2] && images[1] != images[2])
        }
    }

    @Test func everyClassIsDrawnInTheMiddle() {
        let set = SyntheticDigits().dataset(.train, count: 1000)
        let labels = set.labels.array(of: Int.self)
        var seen = [Int](repeating: 0, count: 10)
        for label in labels { seen[label] += 1 }
        #expect(seen.allSatisfy { $0 > 60 && $0 < 145 })
        let pixels = set.images.array(of: Int.self)
        for index in 0..<1000 {
            let image = pixels[784 * index..<784 * (index + 1)]
            // Strokes are bright; the ground around them is dark, and dominates.
            #expect(image.max()! >= 140)
            let bright = image.count { $0 > 100 }
            #expect(bright > 12 && bright < 400)
        }
    }

    /// Images of a class resemble each other: the nearest class mean names most of an unseen set.
    @Test func classesCanBeTold() {
        let train = SyntheticDigits().dataset(.train, count: 2000)
        let test = SyntheticDigits().dataset(.test, count: 500)
        let pixels = train.images.array(of: Float.self)
        var means = [[Float]](repeating: [Float](repeating: 0, count: 784), count: 10)
        var counts = [Float](repeating: 0, count: 10)
        for (index, label) in train.labels.array(of: Int.self).enumerated() {
            counts[label] += 1
            for i in 0..<784 { means[label][i] += pixels[784 * index + i] }
        }
        for label in 0..<10 { means[label] = means[label].map { $0 / counts[label] } }
        let unseen = test.images.array(of: Float.self)
        var right = 0
        for (index, label) in test.labels.array(of: Int.self).enumerated() {
            let distances = means.map { mean in
                (0..<784).reduce(Float(0)) { sum, i in
                    let difference = unseen[784 * index + i] - mean[i]
                    return sum + difference * difference
                }
            }
            if distances.indices.min(by: { distances[$0] < distances[$1] }) == label { right += 1 }
        }
        #expect(right > 300)
    }
}
