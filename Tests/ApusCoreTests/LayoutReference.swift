import ApusCore

/// Layouts made by chance, the same ones each time, and what they mean in the plainest terms.
struct LayoutReference {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(bound))
    }

    mutating func shuffled(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for i in order.indices.reversed() { order.swapAt(i, below(i + 1)) }
        return order
    }

    /// What views of a row-major tensor look like: permuted, sliced, flipped, broadcast.
    mutating func view(mayBeEmpty: Bool = true) -> Layout {
        let extents = mayBeEmpty ? [0, 1, 2, 3, 4, 6] : [1, 2, 3, 4, 6, 2]
        var layout = Layout(contiguous: (0..<below(5)).map { _ in extents[below(6)] })
        for _ in 0..<below(4) {
            let axis = layout.rank > 0 ? below(layout.rank) : 0
            switch below(5) {
            case 0: layout = layout.permuted(shuffled(layout.rank))
            case 1 where layout.rank > 0 && layout.shape[axis] > 1:
                let step = 1 + below(2)
                layout.offset += layout.strides[axis]
                layout.shape[axis] = (layout.shape[axis] - 2) / step + 1
                layout.strides[axis] *= step
            case 2 where layout.rank > 0 && layout.shape[axis] > 0:
                layout.offset += layout.strides[axis] * (layout.shape[axis] - 1)
                layout.strides[axis] *= -1
            case 3 where layout.rank < 5:
                layout.shape.insert(1 + below(3), at: axis)
                layout.strides.insert(0, at: axis)
            case 4 where layout.rank > 0 && layout.shape[axis] > 0:
                layout.offset += layout.strides[axis] * below(layout.shape[axis])
                layout.shape.remove(at: axis)
                layout.strides.remove(at: axis)
            default: break
            }
        }
        return layout
    }

    /// Some shape of `count` elements.
    mutating func shape(of count: Int) -> Shape {
        var left = count
        var shape: Shape = []
        for _ in 0..<below(4) {
            let divisors = (1...left).filter { left % $0 == 0 }
            shape.append(divisors[below(divisors.count)])
            left /= shape.last!
        }
        if left > 1 || below(2) == 0 { shape.insert(left, at: below(shape.count + 1)) }
        return shape
    }

    /// Where each element lies, in row-major order of the indices.
    static func positions(_ layout: Layout) -> [Int] {
        var result = [layout.offset]
        for (extent, stride) in zip(layout.shape, layout.strides) {
            result = result.flatMap { start in (0..<extent).map { start + $0 * stride } }
        }
        return result
    }

    /// Whether strides can lay these positions out under a shape of as many elements.
    static func canView(_ positions: [Int], as shape: Shape) -> Bool {
        var strides = [Int](repeating: 0, count: shape.count)
        for axis in shape.indices where shape[axis] > 1 {
            strides[axis] = positions[shape[(axis + 1)...].reduce(1, *)] - positions[0]
        }
        return LayoutReference.positions(Layout(shape: shape, strides: strides, offset: positions[0]))
            == positions
    }

    /// Every order of `count` axes.
    static func orders(_ count: Int) -> [[Int]] {
        if count == 0 { return [[]] }
        return orders(count - 1).flatMap { order in
            (0..<count).map { index in
                var longer = order
                longer.insert(count - 1, at: index)
                return longer
            }
        }
    }
}
