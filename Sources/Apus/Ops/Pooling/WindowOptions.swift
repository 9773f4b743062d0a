/// The windows of a pooling of one to three axes, as its caller gives them: one value from the call to where they are
/// checked and become a `SlidingWindow`.
struct WindowOptions {
    /// Positions of a window.
    var size: Extents
    /// From one window to the next; nil is the size.
    var stride: Extents?
    /// Positions beyond both ends.
    var padding: Extents = 0
    /// From one position of a window to its next.
    var dilation: Extents = 1
    /// Whether a last window may reach beyond the end.
    var ceilMode = false
}
