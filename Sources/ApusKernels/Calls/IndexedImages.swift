/// Dense arrays [batch, positions, channels] of complex numbers, of which one holds elements chosen from the other.
package struct IndexedImages: Sendable {
    package let batch: Int
    /// Positions of an image of the array that is chosen from.
    package let inputs: Int
    package let outputs: Int
    package let channels: Int

    package init(batch: Int, inputs: Int, outputs: Int, channels: Int) {
        self.batch = batch
        self.inputs = inputs
        self.outputs = outputs
        self.channels = channels
    }
}
