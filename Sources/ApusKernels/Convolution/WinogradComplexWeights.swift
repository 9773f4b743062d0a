import ApusKernelBase
import ApusMatrixKernels
import ApusCore

// Complex weights as real ones: an image of complex channels is one of twice as many real channels, and a weight
// W = A + iB is the matrix [[A, −B], [B, A]] of two of these inputs and two outputs.

extension WinogradConvolution {
    /// The transformed weights of a complex convolution: for each product and panel of outputs
    /// [2·inputs, panelWidth].
    ///
    /// - Parameter w: complex [outputs, inputs, 3, 3]; backwards [inputs, outputs, 3, 3], to be flipped along both axes.
    func complexWeights(
        _ w: UnsafePointer<SIMD2<Float>>, into result: UnsafeMutablePointer<Float>
    ) {
        let (inputs, outputs) = (self.inputs / 2, self.outputs / 2)
        Parallel.units(inputs, cost: outputs * 64) { input in
            let scratch = Storage(byteCount: (9 * outputs * 2 + 18 * 16) * 4)
            let start = scratch.pointer.assumingMemoryBound(to: Float.self)
            let weights = scratch.pointer.assumingMemoryBound(to: SIMD2<Float>.self)
            for output in 0..<outputs {
                let kernel = w + (isBackward ? input * outputs + output : output * inputs + input) * 9
                for k in 0..<9 { weights[k * outputs + output] = kernel[isBackward ? 8 - k : k] }
            }
            let half = LaneRows(start: start + 18 * outputs, step: 16)
            for column in stride(from: 0, to: 2 * outputs, by: 16) {
                let from = LaneRows(start: start + column, step: 2 * outputs)
                let target =
                    result + (column / panelWidth * depth + 2 * input) * panelWidth + column % panelWidth
                let (real, imaginary) = (
                    LaneRows(start: target, step: panels * depth * panelWidth),
                    LaneRows(start: target + panelWidth, step: panels * depth * panelWidth)
                )
                Winograd.kernel(of: from, 3, half) { product, six in
                    real.set(product, 1, six)
                    imaginary.set(
                        product, 1,
                        (
                            timesI(six.0), timesI(six.1), timesI(six.2), timesI(six.3), timesI(six.4),
                            timesI(six.5)
                        ))
                }
            }
            // The padding of the last panel is multiplied too, though nothing reads the results: it must hold numbers.
            for column in stride(from: 2 * outputs, to: panels * panelWidth, by: 16) {
                let target = result + ((panels - 1) * depth + 2 * input) * panelWidth + column % panelWidth
                for part in 0..<2 {
                    let rows = LaneRows(start: target + part * panelWidth, step: panels * depth * panelWidth)
                    for product in 0..<Winograd.products { rows[product] = .zero }
                }
            }
            withExtendedLifetime(scratch) {}
        }
    }

    /// The gradient of complex weights [outputs, inputs, 3, 3]: Σ x·g, or Σ x*·g, over positions.
    func complexWeightGradient(
        _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, conjugates: Bool,
        into w: UnsafeMutablePointer<SIMD2<Float>>
    ) {
        let (inputs, outputs) = (self.inputs / 2, self.outputs / 2)
        let row = panels * panelWidth
        // The sums a·g and b·g with the parts of x = a + ib are two rows; they join to a·g ± i(b·g).
        let sign: Float = conjugates ? -1 : 1
        weightGradient(x, gradient) { parts, count, step in
            Parallel.units(inputs, cost: outputs * 64) { input in
                let scratch = Storage(byteCount: (36 + 18 + 9) * 64)
                let start = scratch.pointer.assumingMemoryBound(to: Float.self)
                let (sums, half) = (
                    LaneRows(start: start, step: 16), LaneRows(start: start + 36 * 16, step: 16)
                )
                let weights = LaneRows(start: start + 54 * 16, step: 16)
                let values = (scratch.pointer + 54 * 64).assumingMemoryBound(to: SIMD2<Float>.self)
                for column in stride(from: 0, to: 2 * outputs, by: 16) {
                    for product in 0..<Winograd.products {
                        let first = parts + (product * depth + 2 * input) * row + column
                        var (real, imaginary) = (Lanes.zero, Lanes.zero)
                        for part in 0..<count {
                            let pair = LaneRows(
                                start: UnsafeMutablePointer(mutating: first) + part * step, step: row)
                            real += pair[0]
                            imaginary += pair[1]
                        }
                        sums[product] = real + timesI(imaginary) * sign
                    }
                    Winograd.kernelGradient(of: sums, 3, half, into: weights)
                    for lane in 0..<8 {
                        let kernel = w + ((column / 2 + lane) * inputs + input) * 9
                        for k in 0..<9 { kernel[k] = values[k * 8 + lane] }
                    }
                }
                withExtendedLifetime(scratch) {}
            }
        }
    }
}

/// i·z for eight complex numbers z.
@inline(__always)
private func timesI(_ z: Lanes) -> Lanes {
    var result = Lanes()
    result.evenHalf = -z.oddHalf
    result.oddHalf = z.evenHalf
    return result
}
