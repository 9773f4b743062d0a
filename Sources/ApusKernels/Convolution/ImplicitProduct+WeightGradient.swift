import ApusCore
import ApusKernelBase
import CProcessor

extension ImplicitProduct {
    /// The gradient of the weights of a `forward` product: the channels that all windows meet, transposed, times the
    /// gradient of what they give.
    func weightGradient(
        _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, into w: UnsafeMutablePointer<Float>
    ) {
        let panels = ImplicitPanels(outputs)
        let blockLength = 8 * RunPointers.tile
        let blocks = (positions + blockLength - 1) / blockLength
        let panelCount = groups * panels.panels.count
        let count = groups * panels.width * length
        // Where the sums fit a core's cache, threads have their own, for fixed parts of the blocks. Where they don't, threads
        // share the columns.
        let isSmall = count < 1 << 18
        let parts = isSmall ? min(8, blocks) : 1
        let shares = isSmall ? 1 : min(8, panelCount)
        let storage = Storage(byteCount: parts * count * 4)
        let start = storage.pointer.assumingMemoryBound(to: Float.self)
        Parallel.tasks(parts * shares, cost: 1 << 20) { unit in
            let (part, share) = (unit / shares, unit % shares)
            let columns = (panelCount * share / shares)..<(panelCount * (share + 1) / shares)
            let pointers = RunPointers(self, capacity: blockLength, byRun: true)
            let packed = Storage(byteCount: blockLength * 64 * 4)
            let b = packed.pointer.assumingMemoryBound(to: Float.self)
            let first = blocks * part / parts
            for block in first..<(blocks * (part + 1) / parts) {
                let range = (block * blockLength)..<min((block + 1) * blockLength, positions)
                pointers.set(x, range)
                for index in columns {
                    let group = index / panels.panels.count
                    let panel = panels.panels[index % panels.panels.count]
                    pack(gradient + (group * outputs + panel.first), range, panel, into: b)
                    var c = start + part * count + (group * panels.width + panel.before) * length
                    for (number, run) in runs.enumerated() {
                        let rows = run.count * depth
                        addOuter(
                            pointers.pointers(window: 0, run: number), group * depth, rows: rows, b,
                            panel.width, windows: range.count, into: c, isFirst: block == first)
                        c += rows * panel.width
                    }
                }
            }
            withExtendedLifetime(packed) {}
        }
        panels.unpack(start, count: parts, self, into: w)
        withExtendedLifetime(storage) {}
    }

    /// The channels of a panel for some windows: [windows, width], with zeros where it is wider than they are.
    private func pack(
        _ gradient: UnsafePointer<Float>, _ windows: Range<Int>, _ panel: ImplicitPanels.Panel,
        into b: UnsafeMutablePointer<Float>
    ) {
        var target = b
        for window in windows {
            let source = gradient + window * outputChannels
            target.update(from: source, count: panel.count)
            for lane in panel.count..<panel.width { target[lane] = 0 }
            target += panel.width
        }
    }
}

/// C = Aᵀ·B or C += Aᵀ·B for the channels of a run.
///
/// - Parameters:
///   - a: for each window where its run begins.
///   - b: windows × width.
private func addOuter(
    _ a: UnsafePointer<UnsafePointer<Float>>, _ offset: Int, rows: Int, _ b: UnsafePointer<Float>,
    _ width: Int, windows: Int, into c: UnsafeMutablePointer<Float>, isFirst: Bool
) {
    let most = hasWideVectors ? (width == 64 ? 6 : 12) : (width == 16 ? 6 : 12)
    var row = 0
    while row < rows {
        let rest = min(rows - row, most)
        let count = rest >= 12 ? 12 : rest >= 8 ? 8 : rest >= 6 ? 6 : rest >= 4 ? 4 : rest >= 2 ? 2 : 1
        addOuter(
            a, offset + row, tileRows: count, b, width, windows: windows, into: c + row * width,
            isFirst: isFirst)
        row += count
    }
}

@inline(never)
private func addOuter(
    _ a: UnsafePointer<UnsafePointer<Float>>, _ offset: Int, tileRows: Int, _ b: UnsafePointer<Float>,
    _ width: Int, windows: Int, into c: UnsafeMutablePointer<Float>, isFirst: Bool
) {
    @inline(__always)
    func add<S: RegisterTile>(_: S.Type) where S.Vector.Element == Float {
        var (sums, b) = (isFirst ? S() : S(c, width), b)
        for window in 0..<windows {
            sums.add(StridedFactors(a[window] + offset, 1), 0, S.Vector(at: b))
            apus_keep_order()
            b += S.Vector.columns
        }
        sums.store(c, width)
    }
    @inline(__always)
    func add<V: ColumnVector>(columns: V.Type) where V.Element == Float {
        typealias Row = RowSum<V>
        switch tileRows {
        case 12: add(Twice<Thrice<Twice<Row>>>.self)
        case 8: add(Twice<Twice<Twice<Row>>>.self)
        case 6: add(Thrice<Twice<Row>>.self)
        case 4: add(Twice<Twice<Row>>.self)
        case 2: add(Twice<Row>.self)
        default: add(Row.self)
        }
    }
    switch width {
    case 64: add(columns: Pair<Pair<Lanes>>.self)
    case 32: add(columns: Pair<Lanes>.self)
    case 16: add(columns: Lanes.self)
    case 8: add(columns: SIMD8<Float>.self)
    default: add(columns: SIMD4<Float>.self)
    }
}
