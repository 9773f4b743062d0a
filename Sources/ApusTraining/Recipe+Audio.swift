import ApusModels

extension Recipe {
    /// The short-time Fourier transform and three complex 3×3 convolutions, on synthesised notes.
    public static let audioComplex = Recipe(
        name: "audio-complex", summary: "a complex network on spectra, names the pitch of synthesised notes",
        defaults: audioDefaults, makeModel: { AudioNet(.notesComplex) }, source: .tones)

    /// Its real twin, which has as many parameters.
    public static let audioReal = Recipe(
        name: "audio-real", summary: "its real twin, on real and imaginary parts as two channels",
        defaults: audioDefaults, makeModel: { AudioNet(.notesReal) }, source: .tones)

    private static let audioDefaults = Defaults(epochs: 10, batchSize: 64, learningRate: 2e-3)
}
