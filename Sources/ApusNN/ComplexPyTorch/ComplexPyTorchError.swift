import Apus

/// Real and imaginary halves in a state of complexPyTorch that do not make a complex layer.
///
/// The description is one line with the file, where there is one, what was expected and what was found.
public struct ComplexPyTorchError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The path of the safetensors file; nil where the state came as a dictionary.
    public let file: String?
    /// What does not fit together.
    public let reason: Reason

    init(file: String? = nil, reason: Reason) {
        self.file = file
        self.reason = reason
    }

    /// One line: the file, if there is one, what was expected and what was found.
    public var description: String { (file.map { $0 + ": " } ?? "") + reason.description }

    /// What keeps two halves from becoming one tensor; the names are those of the state dictionary.
    public enum Reason: Equatable, CustomStringConvertible, Sendable {
        /// One half is there without the other.
        case missingHalf(String, beside: String)
        /// Both halves, each with its shape.
        case differentShapes(String, Shape, String, Shape)
        /// Both halves, each with its type.
        case differentDTypes(String, DType, String, DType)
        /// A half is of a type that is not real floating-point.
        case notReal(String, DType)
        /// There is a tensor of the name that the halves get.
        case nameTaken(String, dtype: DType, shape: Shape, half: String)

        /// What was expected and what was found, without the file.
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
