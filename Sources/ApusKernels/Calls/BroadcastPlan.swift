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

    /// nil where the shapes do not broadcast in this form.
    package init?(_ larger: Shape, _ smaller: Shape) {
        let missing = larger.count - smaller.count
        if missing < 0 { return nil }
        var part = 0
        var axis = larger.count - 1
        while axis >= 0 {
            let extent = larger[axis]
            let other = axis >= missing ? smaller[axis - missing] : 1
            let repeated = other != extent
            if repeated && other != 1 { return nil }
            if extent != 1 {
                // Parts in turn, from the last axis on: inner, stretch, outer, repeats.
                if repeated != (part & 1 == 1) { part += 1 }
                switch part {
                case 0: inner *= extent
                case 1: stretch *= extent
                case 2: outer *= extent
                case 3: repeats *= extent
                default: return nil
                }
            }
            axis -= 1
        }
        // Numbers that repeat only a few times are better gathered.
        if inner == 1 && stretch < 16 { return nil }
    }
}
