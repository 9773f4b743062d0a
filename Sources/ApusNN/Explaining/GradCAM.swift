import Apus

/// Where in pictures a network sees what speaks for a class: Grad-CAM (Selvaraju et al. 2017, "Grad-CAM:
/// visual explanations from deep networks via gradient-based localization").
///
/// ReLU(Σ_k α_k·A_k) of the feature maps A_k of a layer, where α_k is the mean over all positions of the
/// gradient of the class's logit by A_k. Of complex maps it is the real part of the sum of conj(α_k)·A_k, in
/// which direction the logit grows.
public struct GradCAM: Sendable {
    /// The full name of the layer whose feature maps they are.
    public let layer: String
    /// The class of each picture.
    public let classes: [Int]
    /// [batch, height, width], at the layer's resolution and at least 0.
    public let maps: Tensor
}

extension Layer {
    /// Where in pictures this classifier sees what speaks for a class; see `GradCAM`.
    ///
    /// ```swift
    /// let seen = try model.gradCAM(input: picture, class: 7)
    /// ```
    ///
    /// - Parameters:
    ///   - layer: the full name of the layer whose feature maps are weighed; nil is the model's last feature
    ///     map.
    ///   - input: [batch, channels, height, width].
    ///   - class: which one, counted from 0; nil is each picture's most likely one.
    /// - Throws: where there is no such layer or class, or the model is no classifier of pictures.
    public func gradCAM(
        layer name: String? = nil, input: Tensor, class index: Int? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) throws(LayerError) -> GradCAM {
        // The layer has a gradient even where no parameter before it is trained.
        let x = input.detach()
        return try recordingGradients { () throws(LayerError) in
            let (map, logits) = try featureMapAndResult(layer: name, x.requiringGradient(), file, line)
            if logits.rank != 2 || !logits.dtype.isDifferentiable {
                throw .noClasses(model: typeName, logits.shape)
            }
            let (count, classes) = (logits.shape[0], logits.shape[1])
            if let index, !(0..<classes).contains(index) { throw .noClass(index, classes: classes) }
            let chosen =
                index.map { Tensor.full([count, 1], Double($0), dtype: .int64) }
                ?? logits.argmax(axis: 1).unsqueeze(1)
            // Pictures do not see each other: the sum's gradient is each one's own.
            let score = logits.gather(axis: 1, index: chosen).sum()
            let weights = gradient(of: score, at: map.value).mean(axes: [2, 3], keepDims: true)
            let value = map.value.detach()
            let sum =
                value.dtype.isComplex
                ? (weights.conjugate() * value).real.sum(axis: 1) : (weights * value).sum(axis: 1)
            return GradCAM(
                layer: map.layer, classes: chosen.array(of: Int64.self).map(Int.init), maps: sum.relu())
        }
    }
}

/// `withGradient` with the error's type.
func recordingGradients<Result>(_ body: () throws(LayerError) -> Result) throws(LayerError) -> Result {
    let result = withGradient { () -> Swift.Result<Result, LayerError> in
        do throws(LayerError) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
}
