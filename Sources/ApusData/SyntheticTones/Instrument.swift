/// What tells one instrument's notes from another's: how strong its harmonics are, and how they begin and end.
struct Instrument: Sendable {
    /// Amplitudes of the harmonics from the fundamental on; those above half the sampling rate do not sound.
    let harmonics: [Float]
    /// Seconds until a note has its full strength.
    let attack: Float
    /// The share of its amplitude that the fundamental loses a second, to begin with.
    let decay: Float
    /// How much more of it each next harmonic loses.
    let decayGrowth: Float
    /// How far harmonics lie above whole multiples, as a stiff string's: harmonic h at h·√(1 + B·h²).
    var stiffness: Float = 0

    /// A pipe, a reed, a bowed and a plucked string, a double reed with a weak fundamental, and an organ.
    static let all = [
        Instrument(harmonics: [1, 0.35, 0.15, 0.06, 0.03], attack: 0.06, decay: 0.5, decayGrowth: 0),
        Instrument(
            harmonics: [1, 0.05, 0.6, 0.06, 0.4, 0.08, 0.25, 0.1, 0.15], attack: 0.03, decay: 0.5,
            decayGrowth: 0),
        Instrument(
            harmonics: [1, 0.7, 0.5, 0.4, 0.33, 0.28, 0.24, 0.2, 0.18, 0.15, 0.12, 0.1], attack: 0.05,
            decay: 1, decayGrowth: 0.1),
        Instrument(
            harmonics: [1, 0.8, 0.55, 0.4, 0.3, 0.22, 0.17, 0.13, 0.1, 0.08], attack: 0.004, decay: 4,
            decayGrowth: 2, stiffness: 3e-4),
        Instrument(
            harmonics: [0.2, 0.5, 1, 0.9, 0.6, 0.45, 0.3, 0.25, 0.2, 0.12, 0.1, 0.08], attack: 0.02,
            decay: 0.5, decayGrowth: 0.1),
        Instrument(
            harmonics: [0.8, 1, 0.1, 0.7, 0.05, 0.1, 0.05, 0.4], attack: 0.01, decay: 0.2, decayGrowth: 0),
    ]
}
