/// The windows of a pooling of one to three axes, as its caller gives them. They stay one value from the call to where
/// they are checked and become a `SlidingWindow`.
package struct WindowOptions: Sendable {
    /// Positions of a window.
    package var size: Extents
    /// From one window to the next; nil is the size.
    package var stride: Extents?
    /// Positions beyond both ends.
    package var padding: Extents = 0
    /// From one position of a window to its next.
    package var dilation: Extents = 1
    /// Whether a last window may reach beyond the end.
    package var ceilMode = false

    package init(
        size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false
    ) {
        self.size = size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.ceilMode = ceilMode
    }
}
