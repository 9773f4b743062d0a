import ApusCore

/// The extents of a selective scan.
package struct SelectiveScanShape: Sendable {
    package let batch: Int
    package let steps: Int
    package let channels: Int
    /// Numbers that each channel remembers.
    package let states: Int

    package init(batch: Int, steps: Int, channels: Int, states: Int) {
        self.batch = batch
        self.steps = steps
        self.channels = channels
        self.states = states
    }

    /// Channels side by side.
    package static let lanes = 16
    package var blocks: Int { (channels + Self.lanes - 1) / Self.lanes }

    /// Steps from one state that is kept for the gradient to the next: what lies between is computed again, in a core's
    /// cache.
    package var span: Int { max(2, min(32, 512 / max(states, 1))) }
    package var spans: Int { (steps + span - 1) / span }

    /// Of the kept states: for each sequence and span, in blocks of channels.
    package var keptShape: Shape { [batch, spans, blocks, states, Self.lanes] }

    /// Parts into which the channels of a sequence are cut, so that there is work for several threads where sequences are few.
    package var groups: Int { batch == 0 ? 1 : max(1, min(blocks, 8 / batch)) }
}

/// What a selective scan reads: x and step are [batch, steps, channels], decay is [channels, states], input and output are
/// [batch, steps, states], initial is [batch, channels, states].
package struct SelectiveScanOperands {
    package let x: UnsafeRawPointer
    package let step: UnsafeRawPointer
    package let decay: UnsafeRawPointer
    package let input: UnsafeRawPointer
    package let output: UnsafeRawPointer
    package let initial: UnsafeRawPointer?

    package init(
        x: UnsafeRawPointer, step: UnsafeRawPointer, decay: UnsafeRawPointer, input: UnsafeRawPointer,
        output: UnsafeRawPointer, initial: UnsafeRawPointer?
    ) {
        (self.x, self.step, self.decay) = (x, step, decay)
        (self.input, self.output, self.initial) = (input, output, initial)
    }
}

/// Where the gradients of a selective scan's operands go, each in its operand's shape.
package struct SelectiveScanGradients {
    package let x: UnsafeMutableRawPointer
    package let step: UnsafeMutableRawPointer
    package let decay: UnsafeMutableRawPointer
    package let input: UnsafeMutableRawPointer
    package let output: UnsafeMutableRawPointer
    package let initial: UnsafeMutableRawPointer

    package init(
        x: UnsafeMutableRawPointer, step: UnsafeMutableRawPointer, decay: UnsafeMutableRawPointer,
        input: UnsafeMutableRawPointer, output: UnsafeMutableRawPointer, initial: UnsafeMutableRawPointer
    ) {
        (self.x, self.step, self.decay) = (x, step, decay)
        (self.input, self.output, self.initial) = (input, output, initial)
    }
}
