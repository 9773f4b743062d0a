import Apus

// Boxes are tensors [.., 4] of left, top, right and bottom edges, in any unit; of two operands one broadcasts
// to the other.

extension Tensor {
    /// The area that boxes share over the area that they cover together: [..], from 0 to 1.
    public func boxIoU(_ other: Tensor) -> Tensor {
        checkBoxes(self, other, "boxIoU")
        let (a, b) = (BoxEdges(self), BoxEdges(other))
        return overlap(a, b)
    }

    /// The complete IoU (Zheng et al. 2020, "Distance-IoU loss"): the IoU, less the squared distance of the
    /// centers over the squared diagonal around both, less αv, where v is how far the angles of the diagonals
    /// are apart and α its weight.
    ///
    /// As in the paper no gradient passes through α. A box should have a positive width and height.
    public func completeBoxIoU(_ other: Tensor) -> Tensor {
        checkBoxes(self, other, "completeBoxIoU")
        let (a, b) = (BoxEdges(self), BoxEdges(other))
        let iou = overlap(a, b)
        let v = diagonalAngles(a, b)
        let alpha = withoutGradient { v / (1 - iou + v + smallestArea) }
        return iou - centerDistance(a, b) - alpha * v
    }

    /// The boxes of centers and extents (x, y, width, height): [.., 4] of edges.
    public var boxEdges: Tensor {
        checkBoxes(self, self, "boxEdges")
        let (center, half) = (self[.ellipsis, 0..<2], self[.ellipsis, 2..<4] * 0.5)
        return Tensor.cat([center - half, center + half], axis: -1)
    }
}

/// Keeps quotients of empty boxes numbers.
private let smallestArea = 1e-7

/// The edges of boxes, each [..].
struct BoxEdges {
    let left: Tensor, top: Tensor, right: Tensor, bottom: Tensor

    init(_ boxes: Tensor) {
        let edges = boxes.unbind(axis: -1)
        (left, top, right, bottom) = (edges[0], edges[1], edges[2], edges[3])
    }

    var width: Tensor { right - left }
    var height: Tensor { bottom - top }
}

/// The IoU.
private func overlap(_ a: BoxEdges, _ b: BoxEdges) -> Tensor {
    let width = (minimum(a.right, b.right) - maximum(a.left, b.left)).relu()
    let height = (minimum(a.bottom, b.bottom) - maximum(a.top, b.top)).relu()
    let shared = width * height
    return shared / (a.width * a.height + b.width * b.height - shared + smallestArea)
}

/// The squared distance of the centers over the squared diagonal of the smallest box around both.
func centerDistance(_ a: BoxEdges, _ b: BoxEdges) -> Tensor {
    let width = maximum(a.right, b.right) - minimum(a.left, b.left)
    let height = maximum(a.bottom, b.bottom) - minimum(a.top, b.top)
    let x = (a.left + a.right - b.left - b.right) * 0.5
    let y = (a.top + a.bottom - b.top - b.bottom) * 0.5
    return (x.square() + y.square()) / (width.square() + height.square() + smallestArea)
}

/// (2/π)² times the squared difference of atan(width / height).
func diagonalAngles(_ a: BoxEdges, _ b: BoxEdges) -> Tensor {
    let angle = (b.width / (b.height + smallestArea)).atan() - (a.width / (a.height + smallestArea)).atan()
    return angle.square() * (4 / (Double.pi * Double.pi))
}

private func checkBoxes(_ a: Tensor, _ b: Tensor, _ operation: String) {
    if a.shape.last == 4 && b.shape.last == 4 { return }
    fail(operation, "boxes of shapes \(a.shape) and \(b.shape): [.., 4] is wanted")
}
