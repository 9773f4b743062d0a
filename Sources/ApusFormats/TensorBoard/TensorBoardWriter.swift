import Apus
import Foundation
import Synchronization

/// Writes what a run measures to a file of events, which TensorBoard shows.
///
/// ```swift
/// let board = try TensorBoardWriter(folder: "runs/1")
/// try board.scalar("loss/train", loss, step: 100)
/// try board.histogram("layer1.weight", weight, step: 100)
/// ```
///
/// Each event is in the file when its call returns. A writer begins a new file, as TensorBoard expects: a run that is resumed has as many
/// files in its folder as it had starts, and TensorBoard shows them as one. May be used from several threads.
/// Format: records of TFRecord files, each an `Event` of https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto
public final class TensorBoardWriter: Sendable {
    /// The file of events.
    public var path: String { file.path }
    private let file: EventFile

    /// Begins a file in a folder, which is made if it is not there.
    ///
    /// - Throws: `FileError`.
    public init(folder: String) throws(FileError) {
        file = try EventFile(folder: folder)
        var event = BoardEvent()
        event.fileVersion = "brain.Event:2"
        try append(event)
    }

    /// A number, which TensorBoard draws as a curve over the steps; it is kept in 32 bits.
    public func scalar(_ tag: String, _ value: Double, step: Int) throws(FileError) {
        try append(tag, step) { $0.simpleValue = Float(value) }
    }

    /// How the elements of a tensor are distributed, in TensorFlow's buckets: each limit is a tenth further from 0 than the one before.
    ///
    /// Elements that are infinite or NaN are left out; complex ones count by their magnitude.
    public func histogram(_ tag: String, _ tensor: Tensor, step: Int) throws(FileError) {
        let real = tensor.dtype.isComplex ? tensor.detach().abs() : tensor.detach()
        let histogram = EventHistogram(real.to(.float64).array(of: Double.self))
        try append(tag, step) { $0.histo = histogram.message }
    }

    /// A picture, kept as PNG.
    public func image(_ tag: String, _ image: Image, step: Int) throws(FileError) {
        var message = BoardSummary.Image()
        (message.height, message.width) = (Int32(clamping: image.height), Int32(clamping: image.width))
        message.colorspace = Int32(image.format.channels)
        message.encodedImageString = Data(PNG.encode(image))
        try append(tag, step) { $0.image = message }
    }

    /// A text in Markdown.
    public func text(_ tag: String, _ text: String, step: Int) throws(FileError) {
        var (tensor, extent) = (BoardStrings(), BoardStrings.Shape.Dimension())
        extent.size = 1
        tensor.dtype = 7  // DT_STRING
        tensor.tensorShape.dim = [extent]
        tensor.stringVal = [Data(text.utf8)]
        try append(tag, step) {
            $0.tensor = tensor
            $0.metadata.pluginData.pluginName = "text"
            $0.metadata.dataClass = 2  // DATA_CLASS_TENSOR
        }
    }

    private func append(
        _ tag: String, _ step: Int, _ fill: (inout BoardSummary.Value) -> Void
    ) throws(FileError) {
        var (event, value) = (BoardEvent(), BoardSummary.Value())
        value.tag = tag
        fill(&value)
        event.step = Int64(step)
        event.summary.value = [value]
        try append(event)
    }

    private func append(_ event: BoardEvent) throws(FileError) {
        var event = event
        event.wallTime = Date().timeIntervalSince1970
        let bytes: [UInt8]
        do {
            bytes = try event.serializedBytes()
        } catch {
            // The one limit that a message has.
            throw FileError(
                path: path, .unwritable, "expected an event of less than 2 GiB, found a larger one")
        }
        try file.append(bytes)
    }
}
