import Apus
import ApusKernelCalls
import ApusNN

/// The norm of all gradients together, as of one long vector; parameters without a gradient count nothing.
///
/// - Parameters:
///   - parameters: of float32 or float64, or complex numbers of such parts.
///   - order: p of the p-norm, above 0; infinite for the largest magnitude.
public func gradientNorm(of parameters: [Parameter], order: Double = 2) -> Double {
    if !(order > 0) { fail("gradientNorm", "an order of \(order); it must be above 0") }
    return withoutGradient {
        let gradients = parameters.compactMap { $0.grad?.detach() }
        if gradients.isEmpty { return 0 }
        if order == 2 {
            var step = TensorStep()
            for gradient in gradients { step.add(reading: gradient) }
            let sum = step.run(Kernels.sumOfSquares).reduce(0) { $0 + $1.x }
            // Where the squares of float64 are too large or too small, norms are taken in units of the largest.
            if (1e-280...1e290).contains(sum) || sum.isNaN { return sum.squareRoot() }
        }
        let norms = gradients.map { $0.norm(order).item(as: Double.self) }
        return Tensor(norms, shape: [norms.count], dtype: .float64).norm(order).item(as: Double.self)
    }
}

/// Shortens all gradients by one factor, min(1, limit/(norm + 10⁻⁶)), so that their common norm is at most `limit`
/// (Pascanu et al. 2013). PyTorch's `clip_grad_norm_`.
///
/// A norm that is not finite is no direction to keep: gradients become 0 or NaN by the same formula, unless the program is to
/// stop then. The returned norm tells.
///
/// - Parameters:
///   - parameters: whose gradients are changed in place; an optimizer's `parameters`.
///   - limit: the largest norm.
///   - order: p of the p-norm; infinite for the largest magnitude.
///   - stopsIfNotFinite: stop the program where the norm is infinite or NaN.
/// - Returns: the norm before.
@discardableResult
public func clipGradientNorm(
    of parameters: [Parameter], to limit: Double, order: Double = 2, stopsIfNotFinite: Bool = false
) -> Double {
    if !(limit >= 0) { fail("clipGradientNorm", "a limit of \(limit); it must be 0 or more") }
    let norm = gradientNorm(of: parameters, order: order)
    if stopsIfNotFinite && !norm.isFinite {
        fail("clipGradientNorm", "the norm of the gradients is \(norm), which cannot be shortened")
    }
    let factor = limit / (norm + 1e-6)
    if factor < 1 || factor.isNaN {
        changeGradients(of: parameters, Kernels.scaleValues, coefficients: [factor])
    }
    return norm
}

/// Brings each element of the gradients, of complex ones each part, between −limit and limit; NaN stays. PyTorch's
/// `clip_grad_value_`.
///
/// - Parameters:
///   - parameters: whose gradients are changed in place.
///   - limit: the largest magnitude.
public func clipGradientValues(of parameters: [Parameter], to limit: Double) {
    if !(limit >= 0) { fail("clipGradientValues", "a limit of \(limit); it must be 0 or more") }
    changeGradients(of: parameters, Kernels.clampValues, coefficients: [limit])
}

/// Shortens the gradient of each unit that is longer than `factor` times the unit's weights (Brock et al. 2021,
/// "High-performance large-scale image recognition without normalization", equation 3).
///
/// A unit is a row of a parameter, all that its first index selects; a vector is one unit. Its gradient g becomes
/// factor·max(‖w‖, ε)·g/‖g‖ where that is shorter. The paper leaves the last layer of a classifier out.
///
/// - Parameters:
///   - parameters: whose gradients are changed.
///   - factor: λ of the paper.
///   - epsilon: the least norm that weights count with, so that those of 0 can grow.
public func clipGradientsAdaptively(
    of parameters: [Parameter], to factor: Double = 0.01, epsilon: Double = 1e-3
) {
    if !(factor >= 0 && epsilon >= 0) {
        fail(
            "clipGradientsAdaptively",
            "a factor of \(factor) and an epsilon of \(epsilon); they must be 0 or more")
    }
    withoutGradient {
        for parameter in parameters {
            guard let gradient = parameter.grad, gradient.count > 0 else { continue }
            let axes = Array((gradient.rank > 1 ? 1 : 0)..<gradient.rank)
            func unitNorms(_ x: Tensor) -> Tensor {
                axes.isEmpty ? x.abs() : x.norm(axes: axes, keepDims: true)
            }
            let longest = unitNorms(parameter.value.detach()).maximum(epsilon) * factor
            let norms = unitNorms(gradient)
            let shortened = gradient * (longest / norms.maximum(1e-6))
            parameter.grad = Tensor.where(norms .> longest, shortened, gradient)
        }
    }
}

/// Runs a formula over all gradients in place, in one pass over memory.
private func changeGradients(of parameters: [Parameter], _ kernel: OptimizerKernel, coefficients: [Double]) {
    let trained = parameters.filter { $0.grad != nil }
    // The parameters let go of them, so that they are not copied to be changed.
    var gradients = trained.map { parameter in
        defer { parameter.grad = nil }
        return parameter.grad!
    }
    var step = TensorStep()
    for index in gradients.indices { step.add(&gradients[index], kernel, coefficients: coefficients) }
    step.run(kernel)
    for (parameter, gradient) in zip(trained, gradients) { parameter.grad = gradient }
}
