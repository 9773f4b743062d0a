/// The windows along each spatial axis of a dense array [batch, depth, height, width, channels].
package struct WindowGrid: Sendable {
    package let batch: Int
    package let channels: Int
    package let depth: AxisWindows
    package let height: AxisWindows
    package let width: AxisWindows

    /// - Parameter axes: one to three, the width last; axes that are missing have extent 1.
    package init(batch: Int, channels: Int, _ axes: [AxisWindows]) {
        self.batch = batch
        self.channels = channels
        depth = axes.count > 2 ? axes[axes.count - 3] : AxisWindows(identity: 1)
        height = axes.count > 1 ? axes[axes.count - 2] : AxisWindows(identity: 1)
        width = axes[axes.count - 1]
    }
}
