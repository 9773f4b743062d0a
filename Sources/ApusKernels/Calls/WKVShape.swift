import ApusCore

/// The extents of RWKV's weighted means of values, all of row-major [batch, steps, channels].
package struct WKVShape: Sendable {
    package let batch: Int
    package let steps: Int
    package let channels: Int

    package init(batch: Int, steps: Int, channels: Int) {
        (self.batch, self.steps, self.channels) = (batch, steps, channels)
    }

    /// Channels side by side.
    package static let lanes = 16
    package var blocks: Int { (channels + Self.lanes - 1) / Self.lanes }

    /// Steps whose exponentials are computed at a time, and from one state that is kept for the gradient to the next.
    package static let span = 32
    package var spans: Int { (steps + Self.span - 1) / Self.span }

    /// Of the kept states: numerator, denominator and exponent for each sequence and span, in blocks of channels.
    package var keptShape: Shape { [batch, spans, blocks, 3, Self.lanes] }
}

/// What RWKV's means read: key and value are [batch, steps, channels], decay and first are [channels].
package struct WKVOperands {
    package let key: UnsafeRawPointer
    package let value: UnsafeRawPointer
    package let decay: UnsafeRawPointer
    package let first: UnsafeRawPointer
    /// The state before the first step; nil for none.
    package let initial: WKVStates?

    package init(
        key: UnsafeRawPointer, value: UnsafeRawPointer, decay: UnsafeRawPointer, first: UnsafeRawPointer,
        initial: WKVStates?
    ) {
        (self.key, self.value, self.decay) = (key, value, decay)
        (self.first, self.initial) = (first, initial)
    }
}

/// The addresses of a state's parts, or of their gradients, each [batch, channels].
package struct WKVStates {
    package let numerator: UnsafeMutableRawPointer
    package let denominator: UnsafeMutableRawPointer
    package let exponent: UnsafeMutableRawPointer

    package init(
        numerator: UnsafeMutableRawPointer, denominator: UnsafeMutableRawPointer,
        exponent: UnsafeMutableRawPointer
    ) {
        (self.numerator, self.denominator, self.exponent) = (numerator, denominator, exponent)
    }
}

/// Where the gradients of the operands of RWKV's means go, each in its operand's shape.
package struct WKVGradients {
    package let key: UnsafeMutableRawPointer
    package let value: UnsafeMutableRawPointer
    package let decay: UnsafeMutableRawPointer
    package let first: UnsafeMutableRawPointer
    package let initial: WKVStates

    package init(
        key: UnsafeMutableRawPointer, value: UnsafeMutableRawPointer, decay: UnsafeMutableRawPointer,
        first: UnsafeMutableRawPointer, initial: WKVStates
    ) {
        (self.key, self.value, self.decay) = (key, value, decay)
        (self.first, self.initial) = (first, initial)
    }
}
