import Apus

/// The keys and values of the steps that an attention has seen.
///
/// Room is made for twice as many when it is full, so that a step is written in its place, and the steps before are not copied each time.
public struct KeyValueCache {
    /// How many steps there are.
    public private(set) var count = 0
    /// [batch, heads, room for steps, channels of a head].
    private var keys: Tensor
    private var values: Tensor

    init(batch: Int, heads: Int, size: Int, dtype: DType) {
        keys = .zeros([batch, heads, 0, size], dtype: dtype)
        values = keys
    }

    /// Adds steps, and gives all there are.
    ///
    /// - Parameters:
    ///   - key: [batch, heads, steps, channels of a head].
    ///   - value: in the same shape.
    /// - Returns: [batch, heads, `count`, channels of a head] each.
    mutating func append(_ key: Tensor, _ value: Tensor) -> (keys: Tensor, values: Tensor) {
        let wanted = Array(keys.shape.prefix(2)) + [key.shape[2], keys.shape[3]]
        if key.shape != wanted {
            fail("KeyValueCache", "keys of shape \(key.shape), where \(wanted) is wanted")
        }
        let after = count + key.shape[2]
        if after > keys.shape[2] {
            let room = max(after, 2 * keys.shape[2], 64) - keys.shape[2]
            keys = keys.pad([(0, room), (0, 0)])
            values = values.pad([(0, room), (0, 0)])
        }
        keys[.all, .all, count..<after] = key
        values[.all, .all, count..<after] = value
        count = after
        return (
            keys.narrow(axis: 2, start: 0, count: after), values.narrow(axis: 2, start: 0, count: after)
        )
    }
}
