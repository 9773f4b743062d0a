import ApusCore

/// The form of a linear recurrence, h = a·h of the step before + x, along the middle axis of a split.
package struct LinearRecurrenceShape: Sendable {
    package let split: AxisSplit
    /// From the end of the axis to its start.
    package let isReversed: Bool
    /// Whether each step takes the a of the step before it, as the gradient does; the first has none before it then.
    package let isLagged: Bool
    /// Elements from one of the outer to the next in a, and from one step to the next; 0 where they have the same.
    package let decayOuter: Int
    package let decayStep: Int

    package init(
        _ split: AxisSplit, isReversed: Bool, isLagged: Bool, decayOuter: Int, decayStep: Int
    ) {
        self.split = split
        self.isReversed = isReversed
        self.isLagged = isLagged
        self.decayOuter = decayOuter
        self.decayStep = decayStep
    }
}
