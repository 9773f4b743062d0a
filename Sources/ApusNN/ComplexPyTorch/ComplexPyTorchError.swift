import Apus

/// Real and imaginary halves in a state of complexPyTorch that do not make a complex layer.
///
/// The description is one line with the file, where there is one, what was expected and what was found.
public struct ComplexPyTorchError: Error, Equatable, CustomStringConvertible, Sendable {
    public let file: String?
    public let reason: Reason

    public init(file: String? = nil, reason: Reason) {
        self.file = file
        self.reason = reason
    }

    public var description: String { (file.map { $0 + ": " } ?? "") + reason.description }

    public enum Reason: Equatable, CustomStringConvertible, Sendable {
        case missingHalf(String, beside: String)
        case differentShapes(String, Shape, String, Shape)
        case differentDTypes(String, DType, String, DType)
        case notReal(String, DType)
        /// There is a tensor of the name that the halves get.
        case nameTaken(String, dtype: DType, shape: Shape, half: String)

        public var description: String {
            switch self {
            case .missingHalf(let missing, let found):
                "expected \(missing) beside \(found), which is half of a complex tensor, found none"
            case .differentShapes(let name, let shape, let other, let otherShape):
                "expected \(other) of shape \(shape), as \(name), found \(otherShape)"
            case .differentDTypes(let name, let dtype, let other, let otherDType):
                "expected \(other) of dtype \(dtype), as \(name), found \(otherDType)"
            case .notReal(let name, let dtype):
                "expected \(name) of a real floating-point type, as half of a complex tensor, found \(dtype)"
            case .nameTaken(let name, let dtype, let shape, let half):
                "expected no \(name) beside \(half), which is loaded under that name, found \(dtype) \(shape)"
            }
        }
    }
}
