import ApusCore
import ApusFormats

extension Image {
    /// Lays equally large tiles out in rows, left to right, for a look at a data set.
    ///
    /// - Parameters:
    ///   - tiles: pixels of [count, height, width, channels], one tile after another.
    ///   - columns: tiles in a row.
    ///   - gap: dark-gray pixels between tiles.
    public static func contactSheet(
        tiles: [UInt8], width: Int, height: Int, format: Format = .gray, columns: Int, gap: Int = 2
    ) -> Image {
        let bytes = format.channels
        let count = tiles.count / max(width * height * bytes, 1)
        if width <= 0 || height <= 0 || columns <= 0 || gap < 0 || count == 0
            || count * width * height * bytes != tiles.count
        {
            fail("contactSheet", "\(tiles.count) bytes do not make tiles of \(width) × \(height)")
        }
        let rows = (count + columns - 1) / columns
        let sheetWidth = columns * (width + gap) + gap
        let sheetHeight = rows * (height + gap) + gap
        var pixels = [UInt8](repeating: 64, count: sheetWidth * sheetHeight * bytes)
        for tile in 0..<count {
            let left = gap + tile % columns * (width + gap)
            let top = gap + tile / columns * (height + gap)
            for y in 0..<height {
                let (from, row) = ((tile * height + y) * width * bytes, width * bytes)
                let to = ((top + y) * sheetWidth + left) * bytes
                pixels.replaceSubrange(to..<to + row, with: tiles[from..<from + row])
            }
        }
        return Image(width: sheetWidth, height: sheetHeight, format: format, pixels: pixels)
    }
}
