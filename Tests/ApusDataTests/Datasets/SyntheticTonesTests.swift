import Apus
import Glibc
import Testing
import _ApusTestSupport

@testable import ApusData

@Suite struct SyntheticTonesTests {
    @Test func theSameSeedGivesTheSameBytes() {
        let one = SyntheticTones(seed: 3).dataset(.train, count: 70)
        let two = SyntheticTones(seed: 3).dataset(.train, count: 130)
        let values = one.signals.array(of: Float.self)
        #expect(values == Array(two.signals.array(of: Float.self)[..<values.count]))
        #expect(one.labels.array(of: UInt8.self) == Array(two.labels.array(of: UInt8.self)[..<70]))
        #expect(values.allSatisfy { $0.isFinite && abs($0) < 8 })
    }

    @Test func theBytesAreTheSameEverywhere() {
        let set = SyntheticTones(seed: 0).dataset(.train, count: 64)
        #expect(set.signals.withUnsafeBytes { checksum($0) } == 4_129_993_050)
        #expect(set.labels.withUnsafeBytes { checksum($0) } == 2_746_883_280)
    }

    @Test func seedsAndSplitsDiffer() {
        let sets = [
            SyntheticTones(seed: 1).dataset(.train, count: 8),
            SyntheticTones(seed: 2).dataset(.train, count: 8),
            SyntheticTones(seed: 1).dataset(.test, count: 8),
        ].map { $0.signals.array(of: Float.self) }
        #expect(sets[0] != sets[1] && sets[0] != sets[2] && sets[1] != sets[2])
    }

    @Test func everyClassIsAsLikely() {
        let labels = SyntheticTones().dataset(.test).labels.array(of: Int.self)
        var seen = [Int](repeating: 0, count: SyntheticTones.classes)
        for label in labels { seen[label] += 1 }
        #expect(labels.count == 1000)
        #expect(seen.allSatisfy { $0 > 20 && $0 < 70 }, "\(seen)")
    }

    @Test func notesAreEquallyTempered() {
        #expect(abs(SyntheticTones.frequency(of: 21) - 440) < 1e-9)
        #expect(abs(SyntheticTones.frequency(of: 12) / SyntheticTones.frequency(of: 0) - 2) < 1e-12)
        #expect(SyntheticTones.name(of: 21) == "A4" && SyntheticTones.name(of: 1) == "C♯3")
    }

    /// Without disturbance the energy at a note's harmonics is most where the note is the label.
    @Test func theHarmonicsAreThoseOfTheLabel() {
        let set = SyntheticTones(seed: 0, disturbance: 0).dataset(.train, count: 200)
        let spectra = (set.signals * Tensor.hannWindow(2048)).rfft(n: 4096).abs().array(of: Float.self)
        let frequencies = 4096 / 2 + 1
        let labels = set.labels.array(of: Int.self)
        var right = 0
        for (index, label) in labels.enumerated() {
            let magnitudes = (0..<frequencies).map { spectra[index * frequencies + $0] }
            let scores = (0..<SyntheticTones.classes).map { note in
                (1...5).reduce(Float(0)) { sum, harmonic in
                    let bin = SyntheticTones.frequency(of: note) * Double(harmonic) * 4096 / 8000
                    return sum + magnitudes[Int(bin.rounded())]
                }
            }
            if scores.indices.max(by: { scores[$0] < scores[$1] }) == label { right += 1 }
        }
        #expect(right > 180, "\(right) of 200")
    }

    @Test func disturbanceIsNoise() {
        let clean = SyntheticTones(disturbance: 0).dataset(.train, count: 20)
        let noisy = SyntheticTones().dataset(.train, count: 20)
        #expect(clean.labels.array(of: Int.self) == noisy.labels.array(of: Int.self))
        // Neighbouring samples of notes resemble each other, those of white noise do not.
        let roughness = [clean, noisy].map { set in
            let x = set.signals
            let change = x.narrow(axis: 1, start: 1, count: 2047) - x.narrow(axis: 1, start: 0, count: 2047)
            return (change.square().sum() / x.square().sum()).item(as: Double.self)
        }
        #expect(roughness[1] > 2 * roughness[0], "\(roughness)")
    }

    @Test func batchesAreSignalsAndTheirLabels() {
        let set = SyntheticTones().dataset(.test, count: 5)
        let batch = LabeledSamples(set).batch([4, 1])
        #expect(batch.inputs.shape == [2, SyntheticTones.length] && batch.inputs.dtype == .float32)
        let labels = set.labels.array(of: Int.self)
        #expect(batch.labels.array(of: Int.self) == [labels[4], labels[1]])
        let values = set.signals.array(of: Float.self)
        #expect(
            batch.inputs.array(of: Float.self) == Array(values[4 * 2048..<5 * 2048] + values[2048..<4096]))
    }

    @Test func rotationsHaveTheirCosineAndSine() {
        for turns in [0, 0.001, 0.1, 0.25, 0.48, 0.9, 1] {
            let (cosine, sine) = NoteRenderer.rotation(by: turns)
            let angle = 2 * Double.pi * turns
            #expect(abs(cosine - cos(angle)) < 1e-13 && abs(sine - sin(angle)) < 1e-13)
        }
    }
}
