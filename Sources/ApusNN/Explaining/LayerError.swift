import Apus

/// Why a layer of a model cannot be looked into: one line.
public enum LayerError: Error, Equatable, CustomStringConvertible {
    /// The model has no layer of this name; `nearest` are the names most like it.
    case unknown(String, nearest: [String])
    /// The layer was not called, so that it gave nothing.
    case notCalled(String)
    /// The layer gives something else than [batch, channels, height, width].
    case noFeatureMap(String, Shape)
    /// No layer of the model gives feature maps.
    case noFeatureMaps(model: String)
    /// The layer is no convolution of planes, nor is one inside it.
    case noConvolution(String)
    /// The model's result is not [batch, classes].
    case noClasses(model: String, Shape)
    /// The model does not tell so many classes.
    case noClass(Int, classes: Int)

    /// One line: what was asked for, and what there is.
    public var description: String {
        switch self {
        case .unknown(let name, let nearest):
            "there is no layer '\(name)'; there are among others: \(nearest.joined(separator: ", "))"
        case .notCalled(let name): "the layer \(name) is not called, so that there is nothing to see of it"
        case .noFeatureMap(let name, let shape):
            "the layer \(name) gives \(shape), not feature maps [batch, channels, height, width]"
        case .noFeatureMaps(let model):
            "no layer of \(model) gives feature maps [batch, channels, height, width]"
        case .noConvolution(let name): "the layer \(name) has no convolution whose filters could be shown"
        case .noClasses(let model, let shape):
            "\(model) gives \(shape), not [batch, classes], so that there are no classes to explain"
        case .noClass(let index, let classes):
            "there is no class \(index): the model tells \(classes), counted from 0"
        }
    }
}
