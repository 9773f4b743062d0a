import ApusCore

/// How a smaller contiguous operand repeats over a larger contiguous one: element (l, o, s, i) of the
/// larger, an array of shape [repeats, outer, stretch, inner], meets element (o, i) of the smaller.
///
/// A row added to a matrix, a column, and one number a channel are all of this form.
package struct BroadcastPlan: Sendable {
    package private(set) var repeats = 1
    package private(set) var outer = 1
    package private(set) var stretch = 1
    package private(set) var inner = 1

    /// One number over `count` elements.
    package init(number count: Int) { stretch = count }

    /// nil where the smaller does not repeat in this form, or where an operand's elements leave gaps. Axes that were
    /// broadcast before, of stride 0, repeat like those of one element. Memory order counts, not the order of the axes.
    package init?(_ larger: Layout, _ smaller: Layout) {
        let missing = larger.shape.count - smaller.shape.count
        if missing < 0 { return nil }
        let count = larger.elementCount
        var (part, step, smallerStep) = (0, 1, 1)
        // From the axis whose elements are neighbors on.
        while step < count {
            var axis = larger.shape.count - 1
            while axis >= 0 && (larger.strides[axis] != step || larger.shape[axis] == 1) { axis -= 1 }
            if axis < 0 { return nil }
            let (extent, other) = (larger.shape[axis], axis - missing)
            var repeated = true
            if other >= 0 && smaller.shape[other] != 1 {
                if smaller.shape[other] != extent { return nil }
                repeated = smaller.strides[other] == 0
                if !repeated && smaller.strides[other] != smallerStep { return nil }
            }
            if !repeated { smallerStep *= extent }
            // Parts in turn: inner, stretch, outer, repeats.
            if repeated != (part & 1 == 1) { part += 1 }
            switch part {
            case 0: inner *= extent
            case 1: stretch *= extent
            case 2: outer *= extent
            case 3: repeats *= extent
            default: return nil
            }
            step *= extent
        }
        // What the larger has once, the smaller must not have more often.
        for axis in 0..<smaller.shape.count where smaller.shape[axis] != 1 {
            if larger.shape[axis + missing] == 1 { return nil }
        }
        // Numbers that repeat only a few times are better gathered.
        if inner == 1 && stretch < 16 { return nil }
    }
}
