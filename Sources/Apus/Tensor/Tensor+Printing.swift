extension Tensor: CustomStringConvertible {
    /// The elements as nested, aligned rows, and their shape and type, near NumPy's way:
    ///
    /// ```
    /// tensor([[1.0000, 2.0000],
    ///         [3.0000, 4.0000]], shape: [2, 2], dtype: float32)
    /// ```
    ///
    /// Numbers share one format: four decimals, or scientific where some would vanish or fill the
    /// line. Above 1000 elements, axes longer than six show three positions at each end.
    public var description: String {
        let opening = "tensor("
        let abbreviated = count > TensorPrinter.fullCount
        let shown = abbreviated ? detach().edges(TensorPrinter.edge) : detach()
        let printer = TensorPrinter(
            cells: shown.alignedCells(), shape: shown.shape,
            isCut: shape.map { abbreviated && $0 > 2 * TensorPrinter.edge }, indent: opening.utf8.count)
        let history = requiresGradient ? ", requiresGradient: true" : ""
        return "\(opening)\(printer.text), shape: \(shape), dtype: \(dtype)\(history))"
    }

    /// The first and the last positions of every axis that has more than both.
    private func edges(_ edge: Int) -> Tensor {
        var result = self
        for axis in 0..<rank where shape[axis] > 2 * edge {
            let positions = Array(0..<edge) + Array((shape[axis] - edge)..<shape[axis])
            result = result.indexSelect(axis: axis, index: onItsDevice { Tensor(positions) })
        }
        return result
    }

    /// Each element's text, all of one width but for a scalar's.
    private func alignedCells() -> [String] {
        let cells: [String]
        switch dtype {
        case .bool: cells = array(of: Bool.self).map { "\($0)" }
        case .uint8, .int32, .int64: cells = array(of: Int.self).map { "\($0)" }
        case .complex64, .complex128:
            let parts = [part(0), part(1)].map { $0.array(of: Double.self) }
            let (real, imaginary) = (NumberFormat(for: parts[0]), NumberFormat(for: parts[1]))
            let reals = padded(parts[0].map(real.text))
            // The sign stands between the parts: "1.0000-2.0000j".
            cells = zip(reals, parts[1]).map { re, im in
                let text = imaginary.text(im)
                return re + (text.hasPrefix("-") ? "" : "+") + text + "j"
            }
        default:
            let values = array(of: Double.self)
            cells = values.map(NumberFormat(for: values).text)
        }
        return padded(cells)
    }

    private func padded(_ cells: [String]) -> [String] {
        let width = cells.map(\.utf8.count).max() ?? 0
        return cells.map { String(repeating: " ", count: width - $0.utf8.count) + $0 }
    }
}
