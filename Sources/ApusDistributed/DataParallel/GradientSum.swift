import Apus
import ApusNN

/// How the gradients of a rank's model become the sums over all ranks.
protocol GradientSum {
    /// Runs the backward pass of the loss, where there is one, and leaves in `grad` the sums of what is then
    /// collected.
    ///
    /// - Parameters:
    ///   - loss: nil on a rank without samples.
    ///   - numbers: as many on all ranks.
    /// - Returns: the sums of the numbers.
    func backward(_ loss: Tensor?, numbers: [Double]) throws(DistributedError) -> [Double]
}

/// What the parameters have collected, row-major. They let go of it, so that sums are written in its place
/// where nobody else holds it, and copied first where somebody does.
func takeGradients(of parameters: [Parameter]) -> [Tensor?] {
    parameters.map { parameter in
        let gradient = parameter.grad?.contiguous()
        parameter.grad = nil
        return gradient
    }
}

func giveBack(_ gradients: [Tensor?], to parameters: [Parameter]) {
    for (parameter, gradient) in zip(parameters, gradients) { parameter.grad = gradient }
}
