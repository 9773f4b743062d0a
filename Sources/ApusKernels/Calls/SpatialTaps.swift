/// The taps of each spatial axis of a dense array [batch, depth, height, width, channels].
package struct SpatialTaps: Sendable {
    package let batch: Int
    package let channels: Int
    package let depth: AxisTaps
    package let height: AxisTaps
    package let width: AxisTaps

    /// - Parameter axes: one to three; those before the first have extent 1.
    package init(batch: Int, channels: Int, _ axes: [AxisTaps]) {
        self.batch = batch
        self.channels = channels
        depth = axes.count > 2 ? axes[axes.count - 3] : AxisTaps(identity: 1)
        height = axes.count > 1 ? axes[axes.count - 2] : AxisTaps(identity: 1)
        width = axes[axes.count - 1]
    }
}
