import Apus

/// Which cells and anchors of one map are to find which objects: those whose anchor is not four times as
/// large or as small as the object, in the object's cell and the two cells nearest to its center beside it
/// (YOLOv5).
struct AnchorMatches {
    /// The position of each among [batch, rows, columns, 3] in row-major order.
    private(set) var positions: [Int] = []
    /// Column and row of the cell.
    private(set) var cells: [Float] = []
    /// Width and height of the anchor in pixels.
    private(set) var anchors: [Float] = []
    /// Left, top, right and bottom of the object in pixels.
    private(set) var boxes: [Float] = []
    /// Its class.
    private(set) var labels: [Int] = []

    /// - Parameters:
    ///   - shape: of the map, [batch, rows, columns, 3, …].
    ///   - anchors: width and height in pixels, three of them.
    ///   - ratio: between an object's extent and an anchor's, below which they match.
    init(_ objects: [Detection], shape: Shape, anchors: [[Double]], stride: Int, ratio: Float = 4) {
        let (rows, columns) = (shape[1], shape[2])
        for object in objects where object.box.area > 0 {
            let box = object.box
            let (width, height) = (box.right - box.left, box.bottom - box.top)
            let x = (box.left + box.right) / 2 / Float(stride)
            let y = (box.top + box.bottom) / 2 / Float(stride)
            let near = AnchorMatches.cells(x: x, y: y, rows: rows, columns: columns)
            for (number, anchor) in anchors.enumerated() {
                let (across, down) = (width / Float(anchor[0]), height / Float(anchor[1]))
                if max(across, 1 / across, down, 1 / down) >= ratio { continue }
                for (column, row) in near {
                    positions.append(((object.image * rows + row) * columns + column) * 3 + number)
                    cells += [Float(column), Float(row)]
                    self.anchors += [Float(anchor[0]), Float(anchor[1])]
                    boxes += [box.left, box.top, box.right, box.bottom]
                    labels.append(object.label)
                }
            }
        }
    }

    /// The cell of a point and the two whose middles are nearest to it, of those there are; none for a point
    /// outside.
    private static func cells(x: Float, y: Float, rows: Int, columns: Int) -> [(column: Int, row: Int)] {
        guard x >= 0, y >= 0, x < Float(columns), y < Float(rows) else { return [] }
        let (column, row) = (Int(x), Int(y))
        let beside = (x - Float(column) < 0.5 ? column - 1 : column + 1, row)
        let above = (column, y - Float(row) < 0.5 ? row - 1 : row + 1)
        return [(column, row), beside, above].filter {
            (0..<columns).contains($0.0) && (0..<rows).contains($0.1)
        }
    }
}
