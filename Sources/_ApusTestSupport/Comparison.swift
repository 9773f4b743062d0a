import Apus
import ComplexModule

/// What keeps two tensors from being equal within a tolerance; nil where they are.
///
/// - Parameters:
///   - relative: allowed difference in units of the expected magnitude; NaN equals NaN.
///   - absolute: allowed difference near zero.
package func difference(_ found: Tensor, _ expected: Tensor, relative: Double, absolute: Double) -> String? {
    if found.shape != expected.shape { return "shape \(found.shape), expected \(expected.shape)" }
    let a = found.to(.complex128).array(of: Complex<Double>.self)
    let b = expected.to(.complex128).array(of: Complex<Double>.self)
    for index in a.indices {
        for (x, y) in [
            (a[index].rawStorage.x, b[index].rawStorage.x), (a[index].rawStorage.y, b[index].rawStorage.y),
        ] {
            if x == y || (x.isNaN && y.isNaN) { continue }
            let scale = (b[index].rawStorage.x.magnitude, b[index].rawStorage.y.magnitude)
            if !((x - y).magnitude <= absolute + relative * max(scale.0, scale.1)) {
                return "element \(index) of shape \(found.shape) is \(x), expected \(y)"
            }
        }
    }
    return nil
}

extension DType {
    /// Tolerances for values computed in this type and checked against a wider one.
    package var tolerance: (relative: Double, absolute: Double) {
        switch self {
        case .float16: (4e-3, 4e-3)
        case .bfloat16: (3e-2, 3e-2)
        case .float32, .complex64: (2e-5, 1e-5)
        case .float64, .complex128: (1e-10, 1e-10)
        default: (0, 0)
        }
    }
}
