import Apus
import ApusNN

// What optimizers share that update parameters where they lie.

/// What a parameter was like when its optimizer was made.
struct ParameterForm {
    let shape: Shape
    let dtype: DType
    let device: Device

    init(_ parameter: Parameter) {
        (shape, dtype, device) = (parameter.shape, parameter.value.dtype, parameter.value.device)
    }
}

/// Stops the program where a parameter cannot be trained: its type is one that steps are not computed in, its values
/// are computed from other parameters, it is on another device than the first one, or it is there twice.
func checkParameters(_ parameters: [Parameter], of optimizer: String) {
    let types: [DType] = [.float32, .float64, .complex64, .complex128]
    var seen = Set<ObjectIdentifier>()
    for (index, parameter) in parameters.enumerated() {
        if !seen.insert(ObjectIdentifier(parameter)).inserted {
            fail(
                optimizer,
                "\(title(parameter, index)) is among the parameters twice, and would be stepped twice")
        }
        checkOwnsValue(parameter, index, of: optimizer)
        let (device, first) = (parameter.value.device, parameters[0].value.device)
        if device != first {
            fail(
                optimizer,
                "\(title(parameter, index)) is on \(device) and \(title(parameters[0], 0)) on \(first): move the whole "
                    + "model with .to(.\(first)) before the optimizer is made")
        }
        if types.contains(parameter.value.dtype) { continue }
        fail(
            optimizer,
            "\(title(parameter, index)) is \(parameter.value.dtype); it takes "
                + types.map { "\($0)" }.joined(separator: ", "))
    }
}

/// Stops the program where a parameter, its gradient and what it was when its optimizer was made are not of one shape and
/// type, and on one device: what is reached by its address next is taken to be.
func checkStep(
    _ parameter: Parameter, _ gradient: Tensor, _ index: Int, made: ParameterForm, of optimizer: String
) {
    let (shape, dtype) = (parameter.shape, parameter.value.dtype)
    if shape != made.shape || dtype != made.dtype {
        fail(
            optimizer,
            "\(title(parameter, index)) has become \(dtype) of shape \(shape), but was \(made.dtype) of shape "
                + "\(made.shape) when the optimizer was made: make a new one")
    }
    let device = parameter.value.device
    if device != made.device {
        fail(
            optimizer,
            "\(title(parameter, index)) has moved to \(device), but was on \(made.device) when the optimizer was made: "
                + "make a new one")
    }
    if device != gradient.device {
        fail(
            optimizer,
            "the gradient of \(title(parameter, index)) is on \(gradient.device), not on \(device): move it with "
                + ".to(.\(device))")
    }
    if gradient.shape != shape || gradient.dtype != dtype {
        fail(
            optimizer,
            "the gradient of \(title(parameter, index)) is \(gradient.dtype) of shape \(gradient.shape), not \(dtype) of "
                + "shape \(shape)")
    }
}

/// Stops the program where a parameter is computed from others, which must be trained in its place.
func checkOwnsValue(_ parameter: Parameter, _ index: Int, of optimizer: String) {
    if parameter.parametrization == nil { return }
    fail(
        optimizer,
        "\(title(parameter, index)) is computed by a parametrization: make the optimizer with the module's parameters() "
            + "after that")
}

func title(_ parameter: Parameter, _ index: Int) -> String {
    "parameter \(index)" + (parameter.knownName.map { " (\($0))" } ?? "")
}

extension StateMismatch {
    /// Compares what an optimizer keeps with what was found: names, shapes, and that nothing would lose its imaginary
    /// part.
    init(ofSlots slots: [String: Tensor], found: [String: Tensor]) {
        let names = slots.keys.sorted()
        self.init(expected: names.map { ($0, slots[$0]!.shape) }, found: found)
        complex = names.filter { found[$0]?.dtype.isComplex == true && !slots[$0]!.dtype.isComplex }
    }
}

/// Stops the program where a setting is outside its range.
func checkNumber(_ optimizer: String, _ setting: String, _ value: Double, _ range: ClosedRange<Double>) {
    if range.contains(value) { return }
    fail(optimizer, "\(setting) is \(value); it must be \(range.lowerBound) to \(range.upperBound)")
}
