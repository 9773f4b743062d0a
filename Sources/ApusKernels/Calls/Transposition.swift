/// What a solver does to its matrix first.
package enum Transposition: Sendable {
    case none, transpose, adjoint
}
