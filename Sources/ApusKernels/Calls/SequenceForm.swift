/// How the elements of a sequence come about.
package enum SequenceForm: Sendable {
    /// start + i · step, exact.
    case integers(start: Int, step: Int)
    /// start + i · step.
    case steps(start: Double, step: Double)
    /// `count` evenly spaced values, both ends included.
    case between(start: Double, end: Double)
}
