import ApusKernelBase

/// What a convolution by tiles reads and writes.
///
/// Where windows are `s` positions apart, the positions of the image fall into `s` kinds along each axis; each kind
/// meets every s-th weight of the kernel, as in a convolution of stride 1 with a smaller kernel. Forwards, the kinds of the input
/// are read side by side, like channels. Backwards, the kinds of the input's gradient are written side by side.
struct WinogradGeometry {
    /// Rows or columns.
    struct Axis {
        /// Positions of the image that is read, and from one window to the next.
        let input: Int
        let inputStride: Int
        /// Positions of the image that is written, and from one window to the next.
        let output: Int
        let outputStride: Int
        /// Windows between the positions of one window.
        let dilation: Int
        let firstWindow: Int
        let windows: Int
        /// Windows of a tile.
        let tile: Int
        let tiles: Int

        // The windows of a dilated convolution fall into as many groups as it is dilated; those of a group see nothing of the
        // others, and are neighbors in tiles of their own.
        private let groups: Int

        init(
            input: Int, inputStride: Int, output: Int, outputStride: Int, dilation: Int, windows: Range<Int>,
            tile: Int
        ) {
            (self.input, self.inputStride) = (input, inputStride)
            (self.output, self.outputStride) = (output, outputStride)
            (self.dilation, self.tile) = (dilation, tile)
            (firstWindow, self.windows) = (windows.lowerBound, windows.count)
            groups = min(dilation, windows.count)
            tiles = groups * (((windows.count + dilation - 1) / dilation + tile - 1) / tile)
        }

        /// The first window of a tile.
        @inline(__always)
        func window(_ index: Int) -> Int { firstWindow + index / groups * tile * dilation + index % groups }
    }

    /// The first position of one kind, seen from the window 0.
    struct Kind {
        let plane: Int
        let row: Int
        let column: Int
    }

    let batch: Int
    let inputPlanes: Int
    let outputPlanes: Int
    let rows: Axis
    let columns: Axis
    /// Weights of the kernel of one kind along an axis.
    let taps: Int
    /// Weights of the whole kernel.
    let window: Int
    let sources: [Kind]
    let targets: [Kind]
    /// For each source and target the weights that join them: where they are among `taps`², and in the whole kernel.
    let weights: [[(position: Int, index: Int)]]

    /// nil where kernels are not square or have no form here.
    init?(_ shape: ConvolutionShape, isBackward: Bool) {
        let axes = shape.kernel.count
        guard axes >= 2, shape.groups == 1 else { return nil }
        let plane = axes == 3 ? 0 : nil
        let stride = shape.stride[axes - 1]
        let kernel = (rows: shape.kernel[axes - 2], columns: shape.kernel[axes - 1])
        let taps = (kernel.rows + stride - 1) / stride
        guard
            kernel.rows == kernel.columns && shape.stride[axes - 2] == stride && (2...5).contains(taps),
            stride == 1 || shape.dilation.suffix(2) == [1, 1], plane == nil || shape.stride[0] == 1
        else { return nil }
        self.taps = taps
        window = shape.kernel.reduce(1, *)
        batch = shape.batch
        let (read, written) = isBackward ? (shape.output, shape.input) : (shape.input, shape.output)
        (inputPlanes, outputPlanes) = plane.map { (read[$0], written[$0]) } ?? (1, 1)

        // Forwards window o meets position o·s + k·d − p; backwards position s·(o + (r − 1)·d) + k − p is met by window o + i·d,
        // i = r − 1 − k / s.
        func starts(_ axis: Int) -> [Int] {
            let reach = isBackward ? stride * (taps - 1) * shape.dilation[axis] : 0
            return (0..<stride).map { reach + $0 - shape.before[axis] }
        }
        func along(_ axis: Int) -> Axis {
            let starts = starts(axis)
            let lowest = isBackward ? (-starts.last!).dividedUp(by: stride) : 0
            let end = isBackward ? (written[axis] - starts[0]).dividedUp(by: stride) : written[axis]
            return Axis(
                input: read[axis], inputStride: isBackward ? 1 : stride, output: written[axis],
                outputStride: isBackward ? stride : 1, dilation: shape.dilation[axis],
                windows: lowest..<max(lowest, end), tile: 7 - taps)
        }
        (rows, columns) = (along(axes - 2), along(axes - 1))
        let planes =
            plane.map { plane in
                (0..<shape.kernel[plane]).map {
                    let reach = $0 * shape.dilation[plane] - shape.before[plane]
                    return isBackward ? -reach : reach
                }
            } ?? [0]
        let kinds = (0..<(stride * stride)).map { (row: $0 / stride, column: $0 % stride) }
        let (rowStarts, columnStarts) = (starts(axes - 2), starts(axes - 1))
        func positions(_ planes: [Int]) -> [Kind] {
            planes.flatMap { plane in
                kinds.map { Kind(plane: plane, row: rowStarts[$0.row], column: columnStarts[$0.column]) }
            }
        }
        if isBackward {
            sources = planes.map { Kind(plane: $0, row: 0, column: 0) }
            targets = positions([0])
        } else {
            sources = positions(planes)
            targets = [Kind(plane: 0, row: 0, column: 0)]
        }
        weights = planes.indices.flatMap { plane in
            kinds.map { kind in
                (0..<(taps * taps)).compactMap { position -> (position: Int, index: Int)? in
                    let (i, j) = (position / taps, position % taps)
                    let row = kind.row + stride * (isBackward ? taps - 1 - i : i)
                    let column = kind.column + stride * (isBackward ? taps - 1 - j : j)
                    guard row < kernel.rows && column < kernel.columns else { return nil }
                    return (position, (plane * kernel.rows + row) * kernel.columns + column)
                }
            }
        }
    }

    var tilesOfPlane: Int { rows.tiles * columns.tiles }
    var tiles: Int { batch * outputPlanes * tilesOfPlane }

    /// The image, the plane and the first window of a tile.
    @inline(__always)
    func place(_ tile: Int) -> (image: Int, plane: Int, row: Int, column: Int) {
        let (plane, rest) = (tile / tilesOfPlane, tile % tilesOfPlane)
        return (
            plane / outputPlanes, plane % outputPlanes, rows.window(rest / columns.tiles),
            columns.window(rest % columns.tiles)
        )
    }
}

extension Int {
    /// Also of negative numbers.
    fileprivate func dividedUp(by divisor: Int) -> Int {
        self > 0 ? (self + divisor - 1) / divisor : -(-self / divisor)
    }
}
