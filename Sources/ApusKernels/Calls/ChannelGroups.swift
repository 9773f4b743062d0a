/// What normalisation over channels works on: `samples` × `rows` × `channels` elements, contiguous. In each sample,
/// each of `groups` equal runs of channels has a mean and a variance of its own.
package struct ChannelGroups: Sendable {
    package let samples: Int
    package let rows: Int
    package let channels: Int
    package let groups: Int

    package init(samples: Int, rows: Int, channels: Int, groups: Int) {
        self.samples = samples
        self.rows = rows
        self.channels = channels
        self.groups = groups
    }

    @inlinable package var channelsPerGroup: Int { channels / groups }
    @inlinable package var isEmpty: Bool { samples == 0 || rows == 0 || channels == 0 }
}
