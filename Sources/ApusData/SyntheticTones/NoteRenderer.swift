import Apus

/// Makes one note after another; holds the work space that they share.
struct NoteRenderer {
    /// How much the notes are disturbed: 0 leaves frequencies exact and adds no noise.
    let disturbance: Float
    private var partials: [TonePartial] = []
    private var turns: [Float] = []
    private var gains: [Float] = []

    init(disturbance: Float) { self.disturbance = disturbance }

    /// Makes note `note` with everything else about it taken from `random`.
    mutating func render(
        _ note: Int, random: inout CounterGenerator, into samples: UnsafeMutablePointer<Float>
    ) {
        let instrument = Instrument.all[random.below(Instrument.all.count)]
        // Less than a quarter tone in any case: the nearest note is the one it is.
        let detuning = 1 + 0.0075 * Double(disturbance * random.bell())
        place(instrument, at: SyntheticTones.frequency(of: note) * detuning, &random)
        let power = partials.reduce(Float(0)) { $0 + $1.real * $1.real + $1.imaginary * $1.imaginary }
        let strength = (0.5 * power).squareRoot()
        let loudness = random.uniform(0.05...0.25)
        wander(&random)
        envelope(instrument, peak: loudness / strength, &random)
        let noise = disturbance * loudness * random.uniform(0.8...3.2)
        let seed = random.next()
        partials.withUnsafeBufferPointer { partials in
            ToneKernel.sum(partials, turns: turns, into: samples, count: SyntheticTones.length)
        }
        ToneKernel.finish(
            samples, count: SyntheticTones.length, gains: gains, noise: noise, seed: seed)
    }

    /// The partials that can sound, each at a phase of its own and not quite as strong as the instrument has it.
    private mutating func place(
        _ instrument: Instrument, at frequency: Double, _ random: inout CounterGenerator
    ) {
        partials.removeAll(keepingCapacity: true)
        let rate = Double(SyntheticTones.sampleRate)
        for (index, amplitude) in instrument.harmonics.enumerated() {
            let number = Double(index + 1)
            let stretch = (1 + Double(instrument.stiffness) * number * number).squareRoot()
            let strength = amplitude * random.uniform(0.5...1.5)
            let phase = NoteRenderer.rotation(by: Double(random.uniform()))
            let turn = frequency * number * stretch / rate
            if turn > 0.48 { continue }
            let decay = instrument.decay * (1 + instrument.decayGrowth * Float(index))
            let step = NoteRenderer.rotation(by: turn)
            let shrink = 1 - Double(decay) / rate
            partials.append(
                TonePartial(
                    real: strength * Float(phase.cosine), imaginary: strength * Float(phase.sine),
                    stepReal: Float(shrink * step.cosine), stepImaginary: Float(shrink * step.sine),
                    number: Float(number)))
        }
    }

    /// Phase noise: a random walk of the fundamental's phase.
    private mutating func wander(_ random: inout CounterGenerator) {
        let step = disturbance * random.uniform(0...0.3)
        turns.removeAll(keepingCapacity: true)
        for _ in 0..<SyntheticTones.length / ToneKernel.blockLength { turns.append(step * random.bell()) }
    }

    /// The attack, times a strength that wanders about `peak`.
    private mutating func envelope(
        _ instrument: Instrument, peak: Float, _ random: inout CounterGenerator
    ) {
        let unsteadiness = disturbance * random.uniform(0...0.12)
        let block = Float(ToneKernel.blockLength) / Float(SyntheticTones.sampleRate)
        var change: Float = 0
        gains.removeAll(keepingCapacity: true)
        for index in 0...SyntheticTones.length / ToneKernel.blockLength {
            change = 0.9 * change + unsteadiness * random.bell()
            gains.append(peak * min(Float(index) * block / instrument.attack, 1) * max(1 + change, 0))
        }
    }

    /// Cosine and sine of that many turns, at most one: from the series, so that no library function rounds them.
    static func rotation(by turns: Double) -> (cosine: Double, sine: Double) {
        // A sixteenth of the angle, then four times the double of it.
        let angle = turns * 2 * Double.pi / 16
        let square = angle * angle
        var (cosine, sine) = (0.0, 0.0)
        for n in stride(from: 16, to: 0, by: -2) {
            cosine = (1 - square * cosine) / Double(n * (n - 1))
            sine = (1 - square * sine) / Double(n * (n + 1))
        }
        (cosine, sine) = (1 - square * cosine, angle * (1 - square * sine))
        for _ in 0..<4 { (cosine, sine) = (cosine * cosine - sine * sine, 2 * cosine * sine) }
        return (cosine, sine)
    }
}
