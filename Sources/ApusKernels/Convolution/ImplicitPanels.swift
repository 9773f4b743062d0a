import ApusCore
import ApusKernelBase
import CProcessor

/// The columns of an `ImplicitProduct`'s right matrix, the channels that a group writes, in panels as wide as the registers.
struct ImplicitPanels {
    struct Panel {
        /// The first of its channels within a group, and how many there are.
        let first: Int
        let count: Int
        /// Columns, those that nothing reads included.
        let width: Int
        /// Columns of all panels before it.
        let before: Int
    }

    let panels: [Panel]
    /// Columns of all panels of a group.
    let width: Int

    init(_ outputs: Int) {
        var (panels, first, before) = ([Panel](), 0, 0)
        while first < outputs {
            let rest = outputs - first
            // The narrowest that holds the rest, unless whole registers of it would be empty.
            let narrowest = Self.widths.last { $0 >= rest && $0 - rest < APUS_VECTOR_BYTES / 4 }
            let width = narrowest ?? Self.widths.first { $0 <= rest }!
            panels.append(Panel(first: first, count: min(width, rest), width: width, before: before))
            first += width
            before += width
        }
        (self.panels, width) = (panels, before)
    }

    /// Descending. The last are for groups of few channels.
    private static var widths: [Int] { hasWideVectors ? [64, 32, 16, 8, 4] : [16, 8, 4] }

    /// Row-major weights as panels: for each group and panel [rows of the product, width].
    func packed(_ w: UnsafePointer<Float>, _ product: ImplicitProduct) -> Storage {
        let length = product.length
        let storage = Storage(byteCount: product.groups * width * length * 4)
        let result = storage.pointer.assumingMemoryBound(to: Float.self)
        forEachPanel(product) { group, panel, spare in
            let target = result + (group * width + panel.before) * length
            let w = w + (group * product.groupStride + panel.first * product.outputStride)
            for lane in stride(from: 0, to: panel.count, by: 16) {
                let lanes = min(16, panel.count - lane)
                let w = w + lane * product.outputStride
                if product.outputStride < product.depthStride {
                    product.forEachWeight(lanes) { row, other, weight in
                        target[row &* panel.width &+ lane &+ other] = w[weight]
                    }
                } else {
                    product.forEachWeight(lanes) { row, other, weight in
                        spare[other &* length &+ row] = w[weight]
                    }
                    transpose(spare, length, target + lane, panel.width, rows: lanes, columns: length)
                }
            }
            if panel.count == panel.width { return }
            for row in 0..<length {
                for lane in panel.count..<panel.width { target[row * panel.width + lane] = 0 }
            }
        }
        return storage
    }

    /// Row-major weights from the sums for all panels, which are added up in order.
    ///
    /// - Parameter sums: `count` times as many floats as `packed` gives.
    func unpack(
        _ sums: UnsafeMutablePointer<Float>, count: Int, _ product: ImplicitProduct,
        into w: UnsafeMutablePointer<Float>
    ) {
        let length = product.length
        let step = product.groups * width * length
        forEachPanel(product) { group, panel, spare in
            let source = sums + (group * width + panel.before) * length
            for part in stride(from: 1, to: count, by: 1) {
                let other = source + part * step
                for i in 0..<(length * panel.width) { source[i] += other[i] }
            }
            let w = w + (group * product.groupStride + panel.first * product.outputStride)
            for lane in stride(from: 0, to: panel.count, by: 16) {
                let lanes = min(16, panel.count - lane)
                transpose(source + lane, panel.width, spare, length, rows: length, columns: lanes)
                product.forEachWeight(lanes) { row, other, weight in
                    w[lane * product.outputStride + weight] = spare[other * length + row]
                }
            }
        }
    }

    /// Calls `body` for each group and panel, with space for sixteen rows of the product.
    private func forEachPanel(
        _ product: ImplicitProduct,
        _ body: (_ group: Int, _ panel: Panel, _ spare: UnsafeMutablePointer<Float>) -> Void
    ) {
        let cost = product.length * width / panels.count
        Parallel.tasks(product.groups * panels.count, cost: cost) { unit in
            let spare = Storage(byteCount: 16 * product.length * 4)
            body(
                unit / panels.count, panels[unit % panels.count],
                spare.pointer.assumingMemoryBound(to: Float.self))
            withExtendedLifetime(spare) {}
        }
    }
}

extension ImplicitProduct {
    /// Calls `body` for each element of the right matrix in some columns, in the order of the weights in memory.
    @inline(__always)
    fileprivate func forEachWeight(_ columns: Int, _ body: (_ row: Int, _ column: Int, _ weight: Int) -> Void)
    {
        taps.withUnsafeBufferPointer { taps in
            if depthStride < outputStride {
                for column in 0..<columns {
                    for (index, tap) in taps.enumerated() {
                        let (first, weight) = (index &* depth, column &* outputStride &+ tap)
                        for channel in 0..<depth {
                            body(first &+ channel, column, weight &+ channel &* depthStride)
                        }
                    }
                }
            } else {
                for channel in 0..<depth {
                    for (index, tap) in taps.enumerated() {
                        let (row, weight) = (index &* depth &+ channel, channel &* depthStride &+ tap)
                        for column in 0..<columns { body(row, column, weight &+ column &* outputStride) }
                    }
                }
            }
        }
    }
}
