import Apus

extension Tensor {
    /// e to the power of square matrices: Taylor's series of a small part of them, squared as often as it was halved.
    func matrixExponential() -> Tensor {
        let size = withoutGradient { abs().sum(axis: -1).max().to(.float64).item(as: Double.self) }
        var halvings = 0
        while size > 0.5 * Double(1 << halvings), halvings < 40 { halvings += 1 }
        let x = self / Double(1 << halvings)
        let one = withDevice(device) { Tensor.eye(shape[rank - 1], dtype: dtype) }
        // With a size below ½ the terms that are left out are below 1e-22.
        var result = one
        for order in (1...18).reversed() { result = one + x.matmul(result) / order }
        for _ in 0..<halvings { result = result.matmul(result) }
        return result
    }
}
