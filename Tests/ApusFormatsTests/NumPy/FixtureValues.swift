import Apus

/// What `Scripts/array_fixtures.py` puts into its arrays.
func fixtureValues(_ dtype: DType, _ shape: Shape = [2, 3]) -> Tensor {
    let index = Tensor((0..<shape.reduce(1, *)).map { Double($0) }, shape: shape)
    switch dtype {
    case .bool: return (index % 2).to(.bool)
    case .complex64, .complex128:
        return Tensor.complex(real: index + 1.5, imaginary: -(index + 1)).to(dtype)
    case _ where dtype.isFloatingPoint: return (index + 1.5).to(dtype)
    default: return (index + 1).to(dtype)
    }
}

/// The same type, shape and bytes.
func isSame(_ a: Tensor?, _ b: Tensor) -> Bool {
    guard let a else { return false }
    return a.dtype == b.dtype && a.shape == b.shape
        && a.withUnsafeBytes { Array($0) } == b.withUnsafeBytes { Array($0) }
}
