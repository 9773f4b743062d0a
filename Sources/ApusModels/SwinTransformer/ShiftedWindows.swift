import Apus

/// How a plane of tokens is cut into windows after it was rolled (Liu et al. 2021, section 3.2): what does not depend on
/// the tokens' values.
struct ShiftedWindows {
    /// Tokens of a window along each axis.
    let extent: Int
    /// Of the plane.
    let height: Int
    let width: Int
    /// Of the plane padded to whole windows.
    let rows: Int
    let columns: Int
    /// How far the padded plane is rolled up and left. Where one window covers an axis it is not rolled along it.
    let rowShift: Int
    let columnShift: Int

    init(height: Int, width: Int, extent: Int, shift: Int) {
        self.extent = extent
        self.height = height
        self.width = width
        rows = (height + extent - 1) / extent * extent
        columns = (width + extent - 1) / extent * extent
        rowShift = rows > extent ? shift : 0
        columnShift = columns > extent ? shift : 0
    }

    private var isShifted: Bool { rowShift > 0 || columnShift > 0 }
    private var down: Int { rows / extent }
    private var across: Int { columns / extent }
    private var count: Int { down * across }
    private var tokens: Int { extent * extent }

    /// [batch, height, width, channels] to [batch, windows, tokens, channels]; padding is 0.
    func divided(_ x: Tensor) -> Tensor {
        let (batch, channels) = (x.shape[0], x.shape[3])
        var x = x
        if rows > height || columns > width {
            x = x.pad([(0, rows - height), (0, columns - width), (0, 0)])
        }
        let target = [batch, count, tokens, channels]
        if !isShifted {
            return x.reshape(batch, down, extent, across, extent, channels).permute(0, 1, 3, 2, 4, 5)
                .reshape(target)
        }
        // One copy, where rolling each axis would copy twice before.
        let places = Tensor.arange(rows * columns).reshape(rows, columns)
            .roll([-rowShift, -columnShift], axes: [0, 1])
        return x.reshape(batch, rows * columns, channels)
            .indexSelect(axis: 1, index: inWindows(places).flatten()).reshape(target)
    }

    /// [batch, windows, heads, tokens, head channels] to [batch, height, width, heads · head channels]: the way back.
    func joined(_ x: Tensor) -> Tensor {
        let (batch, heads, size) = (x.shape[0], x.shape[2], x.shape[4])
        let channels = heads * size
        if !isShifted {
            return x.reshape(batch, down, across, heads, extent, extent, size).permute(0, 1, 4, 2, 5, 3, 6)
                .reshape(batch, rows, columns, channels)
                .narrow(axis: 1, start: 0, count: height).narrow(axis: 2, start: 0, count: width)
        }
        // Heads, windows, the roll and the padding at once.
        let places = Tensor.arange(count * heads * tokens).reshape(down, across, heads, extent, extent)
            .permute(0, 3, 1, 4, 2).reshape(rows, columns, heads)
            .roll([rowShift, columnShift], axes: [0, 1])
            .narrow(axis: 0, start: 0, count: height).narrow(axis: 1, start: 0, count: width)
        return x.reshape(batch, count * heads * tokens, size)
            .indexSelect(axis: 1, index: places.flatten()).reshape(batch, height, width, channels)
    }

    /// [windows, 1, tokens, tokens], −100 for tokens of a window that were no neighbours before the roll, else 0; nil
    /// where nothing is rolled.
    func mask(_ dtype: DType) -> Tensor? {
        if !isShifted { return nil }
        /// Which positions of an axis stay together: those before the last window, its own, and those that came around.
        func parts(_ positions: Int, _ shift: Int) -> Tensor {
            Tensor(
                (0..<positions).map {
                    if shift == 0 || $0 < positions - extent { return 0 }
                    return $0 < positions - shift ? 1 : 2
                })
        }
        let ids = inWindows(3 * parts(rows, rowShift).unsqueeze(1) + parts(columns, columnShift))
        let isApart = ids.unsqueeze(1) .!= ids.unsqueeze(2)
        return (isApart.to(dtype) * -100).unsqueeze(1)
    }

    /// [rows, columns] to [windows, tokens].
    private func inWindows(_ plane: Tensor) -> Tensor {
        plane.reshape(down, extent, across, extent).permute(0, 2, 1, 3).reshape(count, tokens)
    }
}
