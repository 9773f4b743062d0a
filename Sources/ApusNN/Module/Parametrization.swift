import Apus

/// Computes a parameter's value from parameters of its own, which are trained in its place: a weight from
/// its length and direction, for example.
///
/// In state dictionaries they are under `parametrizations.NAME`, as in PyTorch.
public protocol Parametrization: Module {
    /// The shape of the value.
    var shape: Shape { get }
    /// The value, with its history.
    func callAsFunction() -> Tensor
    /// Sets its parameters so that the value becomes this one, as far as it can.
    func assign(_ value: Tensor)
}

extension Module {
    /// Lets the module that `make` returns compute a parameter directly inside this one; `make` gets its current value.
    ///
    /// Optimizers must be given the parameters after this.
    public final func parametrize(_ name: String, _ make: (Tensor) -> any Parametrization) {
        let parameter = parameter(named: name, "parametrize")
        let parametrization = make(parameter.value.detach())
        if parametrization.shape != parameter.shape {
            fail(
                "parametrize",
                "\(type(of: parametrization)) computes values of shape \(parametrization.shape) for \(name) of shape "
                    + "\(parameter.shape)")
        }
        if !parameter.isTrainable {
            for own in parametrization.parameters() { own.isTrainable = false }
        }
        parametrization.setTraining(isTraining)
        parameter.parametrization = parametrization
    }

    /// Makes a parametrized parameter an ordinary one again, with its current value.
    public final func removeParametrization(_ name: String) {
        let parameter = parameter(named: name, "removeParametrization")
        let value = withoutGradient { parameter.value }
        parameter.parametrization = nil
        parameter.value = value
    }

    private func parameter(named name: String, _ operation: String) -> Parameter {
        for case (name, .parameter(let parameter)) in members { return parameter }
        fail(operation, "\(typeName) has no parameter '\(name)'")
    }
}
