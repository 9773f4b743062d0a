import Apus

/// Positions of a number before and after the last axis of [batch, channels, length].
public typealias ConstantPad1d = ConstantPad<1>
/// Positions of a number around planes [batch, channels, height, width].
public typealias ConstantPad2d = ConstantPad<2>
/// Positions of a number around volumes [batch, channels, depth, height, width].
public typealias ConstantPad3d = ConstantPad<3>
/// Zeros before and after the last axis of [batch, channels, length].
public typealias ZeroPad1d = ZeroPad<1>
/// Zeros around planes [batch, channels, height, width].
public typealias ZeroPad2d = ZeroPad<2>
/// Zeros around volumes [batch, channels, depth, height, width].
public typealias ZeroPad3d = ZeroPad<3>
/// The last axis of [batch, channels, length] mirrored at its ends, which are not repeated.
public typealias ReflectionPad1d = ReflectionPad<1>
/// Planes [batch, channels, height, width] mirrored at their borders, which are not repeated.
public typealias ReflectionPad2d = ReflectionPad<2>
/// Volumes [batch, channels, depth, height, width] mirrored at their borders, which are not repeated.
public typealias ReflectionPad3d = ReflectionPad<3>
/// The ends of the last axis of [batch, channels, length] repeated.
public typealias ReplicationPad1d = ReplicationPad<1>
/// The borders of planes [batch, channels, height, width] repeated.
public typealias ReplicationPad2d = ReplicationPad<2>
/// The borders of volumes [batch, channels, depth, height, width] repeated.
public typealias ReplicationPad3d = ReplicationPad<3>
/// The last axis of [batch, channels, length] as if it went on from its other end.
public typealias CircularPad1d = CircularPad<1>
/// Planes [batch, channels, height, width] as if they went on from their other sides.
public typealias CircularPad2d = CircularPad<2>
/// Volumes [batch, channels, depth, height, width] as if they went on from their other sides.
public typealias CircularPad3d = CircularPad<3>

/// What the padding layers share: how many positions come before and after each spatial axis.
///
/// Inputs are [batch, channels, spatial axes…] or [channels, spatial axes…].
public class Padding<let axes: Int>: Module, Layer {
    /// Positions before and after each spatial axis, in the order of the axes; negative ones take some away.
    public let amounts: [(before: Int, after: Int)]
    /// What stands in the positions that are added.
    public let mode: PadMode
    private let operation: String

    fileprivate init(_ name: String, _ amounts: [(before: Int, after: Int)], _ mode: PadMode) {
        operation = "\(name)\(axes)d"
        checkAxes(axes, operation)
        if amounts.count != axes {
            fail(operation, "\(amounts.count) pairs of amounts, where there is one for each of \(axes) axes")
        }
        self.amounts = amounts
        self.mode = mode
    }

    /// Each spatial extent n becomes before + n + after.
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank != axes + 1 && x.rank != axes + 2 {
            fail(operation, "takes \(axes) spatial axes after channels, not shape \(x.shape)")
        }
        return x.pad(amounts, mode: mode)
    }
}

/// A number around images. See `Tensor.pad(_:mode:)`.
public final class ConstantPad<let axes: Int>: Padding<axes> {
    /// As many positions on all sides.
    public init(_ amount: Int, value: Double) {
        super.init("constantPad", .init(repeating: (amount, amount), count: axes), .constant(value))
    }

    /// - Parameter amounts: before and after each spatial axis, in the order of the axes.
    public init(_ amounts: [(before: Int, after: Int)], value: Double) {
        super.init("constantPad", amounts, .constant(value))
    }
}

/// Zeros around images. See `Tensor.pad(_:mode:)`.
public final class ZeroPad<let axes: Int>: Padding<axes> {
    /// As many positions on all sides.
    public init(_ amount: Int) {
        super.init("zeroPad", .init(repeating: (amount, amount), count: axes), .constant(0))
    }

    /// - Parameter amounts: before and after each spatial axis, in the order of the axes.
    public init(_ amounts: [(before: Int, after: Int)]) { super.init("zeroPad", amounts, .constant(0)) }
}

/// Images mirrored at their borders, which are not repeated. See `Tensor.pad(_:mode:)`.
public final class ReflectionPad<let axes: Int>: Padding<axes> {
    /// As many positions on all sides.
    public init(_ amount: Int) {
        super.init("reflectionPad", .init(repeating: (amount, amount), count: axes), .reflect)
    }

    /// - Parameter amounts: before and after each spatial axis, in the order of the axes.
    public init(_ amounts: [(before: Int, after: Int)]) { super.init("reflectionPad", amounts, .reflect) }
}

/// Images with their borders repeated. See `Tensor.pad(_:mode:)`.
public final class ReplicationPad<let axes: Int>: Padding<axes> {
    /// As many positions on all sides.
    public init(_ amount: Int) {
        super.init("replicationPad", .init(repeating: (amount, amount), count: axes), .replicate)
    }

    /// - Parameter amounts: before and after each spatial axis, in the order of the axes.
    public init(_ amounts: [(before: Int, after: Int)]) { super.init("replicationPad", amounts, .replicate) }
}

/// Images as if they went on from their other sides. See `Tensor.pad(_:mode:)`.
public final class CircularPad<let axes: Int>: Padding<axes> {
    /// As many positions on all sides.
    public init(_ amount: Int) {
        super.init("circularPad", .init(repeating: (amount, amount), count: axes), .circular)
    }

    /// - Parameter amounts: before and after each spatial axis, in the order of the axes.
    public init(_ amounts: [(before: Int, after: Int)]) { super.init("circularPad", amounts, .circular) }
}
