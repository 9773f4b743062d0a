/// What a solver does to its matrix first.
public enum Transposition: Sendable {
    case none, transpose, adjoint
}
