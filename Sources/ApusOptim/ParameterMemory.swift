import Apus
import ApusNN

// What optimizers share that update parameters where they lie.

/// Stops the program where a parameter cannot be trained: its type is one that steps are not computed in, its values
/// are computed from other parameters, or it is on another device than the first one.
func checkParameters(_ parameters: [Parameter], of optimizer: String) {
    let types: [DType] = [.float32, .float64, .complex64, .complex128]
    for (index, parameter) in parameters.enumerated() {
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

/// Stops the program where a parameter, its gradient and what an optimizer keeps for it are not of one shape and type, and
/// on one device: what is reached by its address next is taken to be.
func checkStep(_ parameter: Parameter, _ gradient: Tensor, _ index: Int, kept: Tensor, of optimizer: String) {
    let (shape, dtype) = (parameter.shape, parameter.value.dtype)
    if shape != kept.shape || dtype != kept.dtype {
        fail(
            optimizer,
            "\(title(parameter, index)) has become \(dtype) of shape \(shape), but was \(kept.dtype) of shape "
                + "\(kept.shape) when the optimizer was made: make a new one")
    }
    let device = parameter.value.device
    if device != kept.device {
        fail(
            optimizer,
            "\(title(parameter, index)) has moved to \(device), but was on \(kept.device) when the optimizer was made: "
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

private func title(_ parameter: Parameter, _ index: Int) -> String {
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
