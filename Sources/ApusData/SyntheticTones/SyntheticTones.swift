import Apus
import ApusCore

/// Notes of several instruments, synthesised: a quarter of a second each, as short and as noisy as makes them hard to
/// tell from their neighbours.
///
/// The class of a note is its pitch, one of the 24 semitones from C3 (130.8 Hz) to B4 (493.9 Hz). Instruments differ in
/// their harmonics' amplitudes, attack and decay; each harmonic starts at a random phase, the note is slightly out of
/// tune, its phase and strength wander, and white noise is added. Note `i` of a set depends on the seed, the set and `i`
/// alone: the same seed gives the same bytes on any machine and thread count.
public struct SyntheticTones: Sendable {
    /// Samples a second.
    public static let sampleRate = 8000
    /// Samples of a note.
    public static let length = 2048
    /// Semitones from C3 to B4.
    public static let classes = 24

    /// What all notes depend on, besides their numbers.
    public let seed: UInt64
    /// What detuning, noise, and the wandering of phase and strength are multiplied by.
    public let disturbance: Float

    /// - Parameter disturbance: 0 gives notes in tune without noise; at most 1, where the widest detuning is just
    ///   short of the next note's.
    public init(seed: UInt64 = 0, disturbance: Float = 1) {
        if !(disturbance >= 0 && disturbance <= 1) {
            fail("SyntheticTones", "the disturbance is \(disturbance); it must be from 0 to 1")
        }
        self.seed = seed
        self.disturbance = disturbance
    }

    /// The fundamental frequency of a class's notes in hertz, equally tempered.
    public static func frequency(of note: Int) -> Double {
        if note < 0 || note >= classes { fail("frequency", "note \(note) is not in 0..<\(classes)") }
        var frequency = 130.812_782_650_299_3
        for _ in 0..<note { frequency *= 1.059_463_094_359_295_3 }
        return frequency
    }

    /// A class's name, such as A4 or C♯3.
    public static func name(of note: Int) -> String {
        if note < 0 || note >= classes { fail("name", "note \(note) is not in 0..<\(classes)") }
        let names = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"]
        return "\(names[note % 12])\(3 + note / 12)"
    }

    /// One of the two sets, which are disjoint.
    ///
    /// - Parameters:
    ///   - split: training or test notes.
    ///   - count: how many; 6,000 and 1,000 if nil. A smaller set is the beginning of a larger one.
    public func dataset(_ split: DataSplit, count: Int? = nil) -> LabeledSignals {
        let count = count ?? (split == .train ? 6000 : 1000)
        if count < 0 { fail("SyntheticTones", "a set cannot have \(count) notes") }
        let (signals, labels) = render(count, of: split)
        return LabeledSignals(
            name: "synthetic-tones", signals: signals, count: count, length: Self.length, labels: labels,
            classes: Self.classes)
    }

    /// Makes notes 0..<count on all threads: `length` floats and a byte for the class each.
    private func render(_ count: Int, of split: DataSplit) -> (signals: Storage, labels: Storage) {
        let signals = Storage(byteCount: count * Self.length * MemoryLayout<Float>.size)
        let labels = Storage(byteCount: count)
        let chunk = 64
        Threads.each((count + chunk - 1) / chunk, cost: chunk * Self.length) { index in
            var renderer = NoteRenderer(disturbance: disturbance)
            let samples = signals.pointer.assumingMemoryBound(to: Float.self)
            let classes = labels.pointer.assumingMemoryBound(to: UInt8.self)
            for i in index * chunk..<min(count, (index + 1) * chunk) {
                var random = CounterGenerator(seed: seed, stream: split.stream + 16, index: UInt64(i))
                let note = random.below(Self.classes)
                renderer.render(note, random: &random, into: samples + i * Self.length)
                classes[i] = UInt8(note)
            }
        }
        return (signals, labels)
    }
}
