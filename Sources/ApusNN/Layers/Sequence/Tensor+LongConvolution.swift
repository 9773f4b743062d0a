import Apus

extension Tensor {
    /// yₜ = Σ kₛ·uₜ₋ₛ along the last axis, by Fourier transforms; what came before the first step is 0.
    ///
    /// - Parameter kernel: as long as this, of a shape that broadcasts with it.
    func longConvolution(_ kernel: Tensor) -> Tensor {
        let length = shape[rank - 1]
        let points = Tensor.transformLength(2 * length - 1)
        let product = rfft(n: points) * kernel.rfft(n: points)
        return product.irfft(n: points).narrow(axis: -1, start: 0, count: length)
    }

    /// The least number from here on whose transform is fast: a power of 2, or three times one.
    private static func transformLength(_ least: Int) -> Int {
        var length = 1
        while length < least { length *= 2 }
        return length >= 4 && length / 4 * 3 >= least ? length / 4 * 3 : length
    }
}
