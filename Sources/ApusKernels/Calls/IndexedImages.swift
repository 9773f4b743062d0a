/// Two dense arrays [batch, positions, channels] of complex numbers: one holds elements picked from the other.
package struct IndexedImages: Sendable {
    package let batch: Int
    /// The number of positions of an image in the array that elements are picked from.
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
