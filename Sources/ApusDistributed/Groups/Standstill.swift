/// What ranks of a machine see of each other when nothing goes on.
package struct Standstill: Sendable {
    /// Those that the others wait for; none where all wait, for other machines.
    package let late: [Int]
    /// Which of them says it.
    package let speaker: Int
}

/// A group whose ranks can tell whom they wait for.
package protocol TellsStandstill: ProcessGroup {
    /// Any thread may ask.
    var standstill: Standstill { get }
}
