import Apus

/// The filters of a convolution of planes.
public struct ConvolutionFilters: Sendable {
    /// The convolution's full name in the model.
    public let layer: String
    /// [outputs, inputs / groups, height, width].
    public let weight: Tensor

    /// [outputs, inputs / groups, size, size]: the magnitude of each filter's Fourier transform, with the
    /// frequency 0 in the middle: which patterns pass. Filters are surrounded by zeros up to `size`
    /// positions.
    public func spectra(size: Int = 32, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let (height, width) = (weight.shape[2], weight.shape[3])
        if size < max(height, width) {
            fail(
                "spectra", "size is \(size), and filters have \(height)×\(width) positions",
                at: CallSite(file: file, line: line))
        }
        return weight.fft2(s: [size, size]).abs().fftShift(axes: [2, 3])
    }
}

extension Module {
    /// The filters of a convolution of planes.
    ///
    /// - Parameter name: the full name of the convolution, or of a layer of which the first one inside is
    ///   meant that has more than one position, if any has; nil is the model's first such.
    /// - Throws: where there is no such layer, or no convolution in it.
    public func filters(layer name: String? = nil) throws(LayerError) -> ConvolutionFilters {
        if let name { try checkHasLayer(name) }
        var found: ConvolutionFilters?
        for (path, module) in namedModules() {
            let isInside = name.map { path == $0 || path.hasPrefix($0 + ".") } ?? true
            guard isInside, let convolution = module as? Conv2d else { continue }
            let filters = ConvolutionFilters(layer: path, weight: convolution.weight.value.detach())
            // A single position has no pattern to look at.
            if filters.weight.shape[2] * filters.weight.shape[3] > 1 { return filters }
            found = found ?? filters
        }
        if let found { return found }
        throw .noConvolution(name ?? typeName)
    }
}
