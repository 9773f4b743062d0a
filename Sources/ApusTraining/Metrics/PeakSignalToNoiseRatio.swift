import Apus
import Glibc

/// How near a picture is to another, in decibels: 10·log₁₀(peak² / mean squared error).
public struct PeakSignalToNoiseRatio: Metric {
    /// The largest value that a pixel can have.
    public let peak: Double
    private var error = MeanSquaredError()

    /// - Parameter peak: the largest value that a pixel can have; positive.
    public init(peak: Double = 1) {
        if !(peak > 0) { fail("PeakSignalToNoiseRatio", "the peak is \(peak); it must be positive") }
        self.peak = peak
    }

    /// `psnr`.
    public var name: String { "psnr" }
    /// True.
    public var isHigherBetter: Bool { true }
    /// Takes in predictions and targets of one shape.
    public mutating func update(_ result: BatchResult, samples: Int) {
        error.update(result, samples: samples)
    }
    /// In decibels, infinite for equal pictures; NaN before the first sample.
    public var value: Double { 10 * log10(peak * peak / error.value) }
    /// Forgets all samples.
    public mutating func reset() { error.reset() }
}
