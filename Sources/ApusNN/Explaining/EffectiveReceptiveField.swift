import Apus

/// How much each position of a model's input matters to the middle of a feature map (Luo et al. 2016,
/// "Understanding the effective receptive field in deep convolutional neural networks").
///
/// It lies within the receptive field that `Summary` computes, and is mostly far smaller: what is near the
/// middle is seen along many more ways.
public struct EffectiveReceptiveField: Sendable {
    /// The full name of the layer whose feature map it is of.
    public let layer: String
    /// [height, width] of the input, from 0 to 1: the magnitude of the gradient of the middle position's sum
    /// over all channels, summed over the input's channels and averaged over the pictures, as a share of the
    /// largest. All 0 where no gradient arrives.
    public let map: Tensor

    /// The side, in positions of the input, of the smallest square around the map's centre of mass that holds
    /// this share of the map's sum (as Ding et al. 2022, "Scaling up your kernels to 31x31", have it of the
    /// input's middle).
    ///
    /// - Parameter share: in 0...1.
    public func side(holding share: Double) -> Int {
        let (height, width) = (map.shape[0], map.shape[1])
        let values = map.array(of: Float.self).map(Double.init)
        let total = values.reduce(0, +)
        if total == 0 { return 0 }
        var (y, x) = (0.0, 0.0)
        for (index, value) in values.enumerated() {
            y += value * Double(index / width)
            x += value * Double(index % width)
        }
        let (row, column) = (Int((y / total).rounded()), Int((x / total).rounded()))
        // The sums over rings of positions that are equally far from the middle.
        var rings = [Double](repeating: 0, count: max(height, width))
        for (index, value) in values.enumerated() {
            rings[max(abs(index / width - row), abs(index % width - column))] += value
        }
        var (sum, radius) = (rings[0], 0)
        while sum < share * total * (1 - 1e-9), radius + 1 < rings.count {
            radius += 1
            sum += rings[radius]
        }
        return 2 * radius + 1
    }
}

extension Layer {
    /// How much each position of the input matters to the middle of a layer's feature map, in evaluation
    /// mode; see `EffectiveReceptiveField`.
    ///
    /// - Parameters:
    ///   - layer: its full name; nil is the model's last feature map.
    ///   - input: [batch, channels, height, width]: the pictures that are averaged over. Of few the map is
    ///     grainy.
    /// - Throws: where there is no such layer, or it gives no feature map.
    public func effectiveReceptiveField(
        layer name: String? = nil, input: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) throws(LayerError) -> EffectiveReceptiveField {
        if input.rank != 4 || input.count == 0 {
            fail(
                "effectiveReceptiveField",
                "an input of shape \(input.shape): [batch, channels, height, width] is wanted",
                at: CallSite(file: file, line: line))
        }
        return try recordingGradients { () throws(LayerError) in
            let x = input.detach().requiringGradient()
            let (map, _) = try featureMapAndResult(layer: name, x, file, line)
            let (height, width) = (map.value.shape[2], map.value.shape[3])
            let middle = map.value.narrow(axis: 2, start: height / 2, count: 1)
                .narrow(axis: 3, start: width / 2, count: 1)
            let sum = middle.dtype.isComplex ? middle.abs().sum() : middle.sum()
            let seen = gradient(of: sum, at: x).abs().sum(axis: 1).mean(axis: 0)
            let largest = seen.max().item(as: Double.self)
            return EffectiveReceptiveField(layer: map.layer, map: largest > 0 ? seen / largest : seen)
        }
    }
}
