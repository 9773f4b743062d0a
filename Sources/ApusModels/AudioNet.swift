import Apus
import ApusNN

/// A small convolutional network for sounds: the short-time Fourier transform of a waveform, convolutions over
/// frequency and time, and a linear layer.
///
/// The spectrum is complex. The complex network keeps it so: complex 3×3 convolutions, whitening batch normalisation,
/// a ReLU of both parts, pooling by modulus (Trabelsi et al. 2018), and the moduli of what comes out of the last block go
/// to the linear layer. Its real twin takes the real and the imaginary part as two channels through real layers of the
/// same kinds.
///
/// State names: `layers.0.weight`, …, by the layers' index.
public final class AudioNet: Module, Layer {
    /// The lengths of waveforms and frames, and the widths of the layers.
    public struct Configuration: Codable, Sendable, Equatable {
        /// Samples of a waveform.
        public var samples: Int
        /// Samples of a frame of the Fourier transform.
        public var frame: Int
        /// Samples from the start of one frame to that of the next.
        public var hop: Int
        /// Channels after each convolution, which pooling follows that halves frequencies and frames.
        public var channels: [Int]
        /// How many logits there are.
        public var classes: Int
        /// Whether layers compute with complex numbers.
        public var isComplex: Bool

        /// The program stops, when a network is made of it, where the spectrum cannot be halved as often as there are
        /// channels.
        public init(samples: Int, frame: Int, hop: Int, channels: [Int], classes: Int, isComplex: Bool) {
            self.samples = samples
            self.frame = frame
            self.hop = hop
            self.channels = channels
            self.classes = classes
            self.isComplex = isComplex
        }

        /// Waveforms of 2,048 samples to 24 classes: 36,544 real numbers in parameters.
        public static let notesComplex = Configuration(
            samples: 2048, frame: 256, hop: 128, channels: [8, 16, 32], classes: 24, isComplex: true)
        /// The real twin, with widths that give it as many parameters: 36,554.
        public static let notesReal = Configuration(
            samples: 2048, frame: 256, hop: 128, channels: [11, 30, 32], classes: 24, isComplex: false)

        /// Frequencies and frames of the spectrum.
        var extents: (frequencies: Int, frames: Int) { (frame / 2 + 1, samples / max(hop, 1) + 1) }
    }

    /// From the spectrum to the logits.
    public let layers: Sequential
    private let configuration: Configuration
    private let window: Tensor

    /// Weights start as their layers have it.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        self.configuration = configuration
        let channels = configuration.channels
        let (frequencies, frames) = configuration.extents
        let (height, width) = (frequencies >> channels.count, frames >> channels.count)
        if configuration.frame < 2 || configuration.hop < 1
            || configuration.samples <= configuration.frame / 2
        {
            fail(
                "AudioNet",
                "frames of \(configuration.frame) samples, \(configuration.hop) apart, of waveforms of "
                    + "\(configuration.samples)")
        }
        if channels.isEmpty || height < 1 || width < 1 {
            fail(
                "AudioNet",
                "a spectrum of \(frequencies) frequencies and \(frames) frames cannot be halved \(channels.count) "
                    + "times, or not at all")
        }
        var layers: [any Layer] = []
        for (index, outputs) in channels.enumerated() {
            let inputs = index > 0 ? channels[index - 1] : configuration.isComplex ? 1 : 2
            layers += AudioNet.block(inputs, outputs, configuration.isComplex, generator)
        }
        if configuration.isComplex { layers.append(Modulus()) }
        layers += [
            Flatten(), Linear(channels.last! * height * width, configuration.classes, using: generator),
        ]
        self.layers = Sequential(layers)
        window = .hannWindow(configuration.frame)
    }

    /// A convolution, which needs no bias before a normalisation, and what follows it.
    private static func block(
        _ inputs: Int, _ outputs: Int, _ isComplex: Bool, _ generator: RandomGenerator
    ) -> [any Layer] {
        let convolution = Conv2d(
            inputs, outputs, kernel: 3, padding: 1, bias: false, dtype: isComplex ? .complex64 : .float32,
            using: generator)
        return isComplex
            ? [
                convolution, ComplexBatchNorm2d(outputs, activation: .relu), Identity(), ComplexMaxPool2d(2),
            ]
            : [convolution, BatchNorm2d(outputs, activation: .relu), Identity(), MaxPool2d(2)]
    }

    /// - Parameter x: real waveforms, [batch, samples].
    /// - Returns: logits, [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank != 2 || x.shape[1] != configuration.samples || x.dtype.isComplex {
            fail(
                "AudioNet",
                "takes real waveforms [batch, \(configuration.samples)], not \(x.dtype) \(x.shape)")
        }
        let spectrum = x.stft(nFFT: configuration.frame, hopLength: configuration.hop, window: window)
            .unsqueeze(1)
        return layers(
            configuration.isComplex ? spectrum : .cat([spectrum.real, spectrum.imaginary], axis: 1))
    }
}
