import Apus
import ApusFormats

extension Image {
    /// Pictures of a tensor beside each other, with gaps of two pixels: feature maps, filters, samples.
    ///
    /// - Parameters:
    ///   - tiles: [count, height, width], or [count, 3, height, width] in color, from 0, which is black, to
    ///     1; what is below or above counts as 0 or 1.
    ///   - columns: tiles in a row, at most.
    ///   - scale: the side of the square of pixels that each element becomes.
    public init(
        tiles: Tensor, columns: Int, scale: Int = 1, file: StaticString = #fileID, line: UInt = #line
    ) {
        let isColor = tiles.rank == 4 && tiles.shape[1] == 3
        if !(tiles.rank == 3 || isColor) || tiles.count == 0 || !tiles.dtype.isFloatingPoint || columns < 1
            || scale < 1
        {
            fail(
                "Image",
                "\(tiles.dtype) tiles of shape \(tiles.shape) in \(columns) columns at scale \(scale): "
                    + "[count, height, width] or [count, 3, height, width] of real numbers is wanted",
                at: CallSite(file: file, line: line))
        }
        let last = isColor ? tiles.permute(0, 2, 3, 1) : tiles
        let large = (last.detach().clamp(min: 0, max: 1) * 255).round()
            .repeatInterleave(scale, axis: 1).repeatInterleave(scale, axis: 2)
        self = .contactSheet(
            tiles: large.to(.uint8).array(of: UInt8.self), width: large.shape[2], height: large.shape[1],
            format: isColor ? .rgb : .gray, columns: min(columns, large.shape[0]))
    }
}
