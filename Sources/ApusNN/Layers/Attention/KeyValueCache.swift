import Apus

/// The keys and values of the steps that an attention has seen.
///
/// Room is made for twice as many when it is full, so that a step is written in its place, and the steps before are not copied each time.
public struct KeyValueCache {
    /// How many steps there are.
    public private(set) var count = 0
    /// […, room for steps, channels].
    private var keys: Tensor
    private var values: Tensor

    /// Of no steps: both are […, 0, channels].
    init(keys: Tensor, values: Tensor) { (self.keys, self.values) = (keys, values) }

    /// Of the keys and of the values.
    var shapes: [Shape] { [keys, values].map { Self.shape($0, count) } }

    /// Adds steps, and gives all there are.
    ///
    /// - Parameters:
    ///   - key: […, steps, channels].
    ///   - value: […, steps, channels], which may be others.
    /// - Returns: […, `count`, channels] each.
    mutating func append(_ key: Tensor, _ value: Tensor) -> (keys: Tensor, values: Tensor) {
        let axis = keys.rank - 2
        let steps = key.rank == keys.rank ? key.shape[axis] : 0
        for (name, found, known) in [("keys", key, keys), ("values", value, values)]
        where found.shape != Self.shape(known, steps) {
            fail(
                "KeyValueCache",
                "\(name) of shape \(found.shape), where \(Self.shape(known, steps)) is wanted")
        }
        let after = count + steps
        if after > keys.shape[axis] {
            let room = max(after, 2 * keys.shape[axis], 64) - keys.shape[axis]
            keys = keys.pad([(0, room), (0, 0)])
            values = values.pad([(0, room), (0, 0)])
        }
        keys[.ellipsis, count..<after, .all] = key
        values[.ellipsis, count..<after, .all] = value
        count = after
        return (
            keys.narrow(axis: axis, start: 0, count: after), values.narrow(axis: axis, start: 0, count: after)
        )
    }

    private static func shape(_ x: Tensor, _ steps: Int) -> Shape {
        x.shape.dropLast(2) + [steps, x.shape[x.rank - 1]]
    }
}
