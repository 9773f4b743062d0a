/// The extent of each axis. A scalar (zero-dimensional tensor) has the empty shape.
public typealias Shape = [Int]

extension Array where Element == Int {
    /// How many elements a tensor of this shape has; 1 for the empty shape.
    package var elementCount: Int {
        var count = 1
        for extent in self {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            if overflow {
                if contains(0) { return 0 }
                fail("shape", "\(self) has too many elements to count")
            }
            count = product
        }
        return count
    }

    /// How many elements a tensor of this shape has, or nil where that overflows an `Int`.
    package var checkedElementCount: Int? {
        if contains(0) { return 0 }
        var count = 1
        for extent in self {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            if overflow { return nil }
            count = product
        }
        return count
    }

    /// Row-major strides, in elements.
    ///
    /// They wrap around where they overflow: such a shape either has no elements, so that no stride is
    /// ever used, or more than can be counted.
    package var contiguousStrides: [Int] {
        var strides = [Int](repeating: 1, count: count)
        var step = 1
        for axis in indices.reversed() {
            strides[axis] = step
            step &*= Swift.max(self[axis], 1)
        }
        return strides
    }

    /// The shape that both broadcast to by NumPy's rule, or nil where they do not fit: axes are
    /// aligned at the end, and an axis of 1 stretches.
    package static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
        if a == b { return a }
        let rank = Swift.max(a.count, b.count)
        var result = [Int](repeating: 1, count: rank)
        for back in 1..<(rank + 1) {
            let x = back <= a.count ? a[a.count - back] : 1
            let y = back <= b.count ? b[b.count - back] : 1
            guard x == y || x == 1 || y == 1 else { return nil }
            result[rank - back] = x == 1 ? y : x
        }
        return result
    }
}
