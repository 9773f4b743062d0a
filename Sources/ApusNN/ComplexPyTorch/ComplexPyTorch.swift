import Apus
import ApusFormats

/// Models of the Python package complexPyTorch (0.4), run here with their weights.
///
/// Build the model of the layers below, with the same names as there, and load its state:
///
/// ```swift
/// let model = Net()
/// try ComplexPyTorch.load("net.safetensors", into: model)
/// model.evaluate()
/// ```
///
/// | there | here |
/// |---|---|
/// | `ComplexLinear` | `Linear(…, dtype: .complex64)` |
/// | `ComplexConv2d` | `Conv2d(…, dtype: .complex64)` |
/// | `ComplexConvTranspose2d` | `ConvTranspose2d(…, dtype: .complex64)` |
/// | `ComplexBatchNorm1d`, `2d` | `ComplexBatchNorm1d`, `2d` |
/// | `NaiveComplexBatchNorm1d`, `2d` | `NaiveComplexBatchNorm1d`, `2d` |
/// | `ComplexReLU`, `complex_relu` | `CReLU`, `crelu()` |
/// | `ComplexMaxPool2d`, `complex_max_pool2d` | `ComplexMaxPool2d`, `complexMaxPool2d` |
/// | `complex_avg_pool2d` | `AvgPool2d`, `avgPool2d` |
/// | `ComplexDropout`, `ComplexDropout2d` | `ComplexPyTorch.Dropout`, `ComplexPyTorch.Dropout2d` |
///
/// Version 0.4 has no recurrent layers. What is built of its layers is converted layer by layer.
///
/// In evaluation every layer gives what complexPyTorch gives, but for rounding. In training so do all that draw no
/// random numbers; running covariances differ by what complexPyTorch adds to them for ε, momentum·ε·n/(n − 1) a
/// step. Its dropout scales what it keeps by 1/(1 − p)²; `ComplexPyTorch.Dropout` does the same, where `ApusNN.Dropout`
/// scales by 1/(1 − p). Its batch normalisation starts at √2 on the diagonals instead of the paper's 1/√2; loading
/// brings its values. `ComplexBatchNorm1d` there takes [N, C] only.
///
/// In Python a state is saved as, or a file of `torch.save` converted to, safetensors (0.6 or later, for complex64) by
///
/// ```python
/// from safetensors.torch import save_file
/// save_file({name: x.contiguous() for name, x in model.state_dict().items()}, "net.safetensors")
/// ```
public enum ComplexPyTorch {
    /// The state of the same model here, from a state dictionary of complexPyTorch's names.
    ///
    /// The halves of a layer, `conv_r` and `conv_i`, `conv_tran_r` and `conv_tran_i`, or `fc_r` and `fc_i`, become one
    /// complex `weight` and `bias`, those of naive batch normalisation, `bn_r` and `bn_i`, the modules `real` and
    /// `imaginary`; everything else stays as it is. complexPyTorch puts each half's bias b through the complex rule, so
    /// that it adds (bᵣ − bᵢ) + i(bᵣ + bᵢ) to every result: that is the bias here. Halves of float64 give complex128,
    /// others complex64.
    ///
    /// A module of your model that is called `conv_r`, say, without being a half must be renamed first.
    ///
    /// - Throws: `ComplexPyTorchError` for a half without the other one, or halves that do not fit together.
    public static func state(_ tensors: [String: Tensor]) throws -> [String: Tensor] {
        var result = [String: Tensor](minimumCapacity: tensors.count)
        for (name, tensor) in tensors where ComplexPyTorchHalf(name) == nil { result[name] = tensor }
        for name in tensors.keys.sorted() {
            guard let half = ComplexPyTorchHalf(name) else { continue }
            let (own, other) = try pair(half, in: tensors)
            if half.isNorm {
                result[half.target] = own
            } else if half.isReal {
                result[half.target] = try joined(half, own, other)
            }
            if let existing = tensors[half.target] {
                throw ComplexPyTorchError(
                    reason: .nameTaken(half.target, dtype: existing.dtype, shape: existing.shape, half: name))
            }
        }
        return result
    }

    /// Loads the safetensors file of a complexPyTorch model's state into the same model here.
    ///
    /// - Parameter strict: also refuse names that are missing or unexpected.
    /// - Throws: `FileError` where the file cannot be read, `ComplexPyTorchError` where halves do not
    ///   fit together, `StateMismatch` where the model is another one. Nothing is changed then.
    public static func load(_ path: String, into model: Module, strict: Bool = true) throws {
        let file = try SafetensorsFile(path)
        do {
            let unsupported = file.skippedTypes.map { (ComplexPyTorchHalf($0)?.target ?? $0, $1) }
            try model.load(
                state(file.tensors), strict: strict,
                unsupported: Dictionary(unsupported, uniquingKeysWith: { first, _ in first }))
        } catch let error as ComplexPyTorchError {
            throw ComplexPyTorchError(file: path, reason: error.reason)
        }
    }

    /// A half and the other one, of the same shape and type.
    private static func pair(
        _ half: ComplexPyTorchHalf, in tensors: [String: Tensor]
    ) throws -> (own: Tensor, other: Tensor) {
        guard let own = tensors[half.name], let other = tensors[half.counterpart] else {
            throw ComplexPyTorchError(reason: .missingHalf(half.counterpart, beside: half.name))
        }
        if own.shape != other.shape {
            throw ComplexPyTorchError(
                reason: .differentShapes(half.name, own.shape, half.counterpart, other.shape))
        }
        if own.dtype != other.dtype {
            throw ComplexPyTorchError(
                reason: .differentDTypes(half.name, own.dtype, half.counterpart, other.dtype))
        }
        return (own, other)
    }

    /// One complex tensor of the halves of a weight or a bias.
    private static func joined(
        _ half: ComplexPyTorchHalf, _ real: Tensor, _ imaginary: Tensor
    ) throws -> Tensor {
        if !real.dtype.isFloatingPoint {
            throw ComplexPyTorchError(reason: .notReal(half.name, real.dtype))
        }
        let part: DType = real.dtype == .float64 ? .float64 : .float32
        let (r, i) = (real.to(part), imaginary.to(part))
        return half.isBias ? .complex(real: r - i, imaginary: r + i) : .complex(real: r, imaginary: i)
    }
}
