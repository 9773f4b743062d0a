import ApusKernelBase
import ApusCore

extension SmallDepthwiseConvolution {
    /// The gradient of the weights, [channels, 1, 3, 3] row-major.
    ///
    /// A unit of work is some rows of a part of the batch; the units' sums join in order.
    func weightGradient(
        _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>
    ) {
        let (height, width) = (shape.output[0], shape.output[1])
        let bands = (height + shape.bandRows - 1) / shape.bandRows
        let images = (shape.batch + 15) / 16
        let parts = (shape.batch + images - 1) / images
        // The sums of each unit, and those of two rows after them; then zeros for positions outside of the image.
        let count = tiles * 9 * channelLanes
        let memory = Storage(byteCount: (parts * bands * 2 * count + channels) * 4)
        let sums = memory.pointer.assumingMemoryBound(to: Float.self)
        let zeros = sums + parts * bands * 2 * count
        for i in 0..<channels { zeros[i] = 0 }
        Parallel.units(parts * bands, cost: images * shape.bandRows * width * channels) { unit in
            let (part, first) = (unit / bands, unit % bands * shape.bandRows)
            let sums = sums + unit * 2 * count
            let ofRows = sums + count
            for i in 0..<count { sums[i] = 0 }
            withUnsafeTemporaryAllocation(
                of: UnsafePointer<Float>.self, capacity: Self.metRows * Self.metColumns
            ) { met in
                let met = met.baseAddress!
                for image in (part * images)..<min((part + 1) * images, shape.batch) {
                    let gradient = gradient + image * height * width * channels
                    for row in stride(from: first, to: min(first + shape.bandRows, height), by: Self.rows) {
                        for i in 0..<count { ofRows[i] = 0 }
                        let next = row + 1 < height ? width * channels : nil
                        var column = 0
                        while column < width {
                            locate(met, image, row, column, in: x, outside: zeros)
                            let gradient = gradient + (row * width + column) * channels
                            let isWhole = column + Self.columns <= width
                            add(UnsafePointer(met), gradient, next: next, isWhole: isWhole, to: ofRows)
                            column += isWhole ? Self.columns : 1
                        }
                        for i in 0..<count { sums[i] += ofRows[i] }
                    }
                }
            }
        }
        for tile in 0..<tiles {
            for lane in 0..<channelLanes {
                for position in 0..<9 {
                    var sum: Float = 0
                    for unit in 0..<(parts * bands) {
                        sum += sums[unit * 2 * count + (tile * 9 + position) * channelLanes + lane]
                    }
                    result[(channel(ofTile: tile) + lane) * 9 + position] = sum
                }
            }
        }
        withExtendedLifetime(memory) {}
    }

    /// Adds the products of a block of the gradient, or of its first column alone, and what it meets of the input.
    ///
    /// - Parameter next: how far the second row of the gradient is from the first one; nil if there is none.
    private func add(
        _ met: UnsafePointer<UnsafePointer<Float>>, _ gradient: UnsafePointer<Float>, next: Int?,
        isWhole: Bool, to sums: UnsafeMutablePointer<Float>
    ) {
        let sums = UnsafeMutableRawPointer(sums).assumingMemoryBound(to: SIMD16<Float>.self)
        let (second, third, fourth) = (
            met + Self.metColumns, met + 2 * Self.metColumns, met + 3 * Self.metColumns
        )
        for tile in 0..<tiles {
            let channel = channel(ofTile: tile)
            let (sums, gradient) = (sums + tile * 9, gradient + channel)
            var (a, b, c) = (ThreeSums(sums), ThreeSums(sums + 3), ThreeSums(sums + 6))
            if isWhole {
                let top = FourFactors(gradient, channels)
                a.add(top, met, channel)
                b.add(top, second, channel)
                c.add(top, third, channel)
                if let next {
                    let bottom = FourFactors(gradient + next, channels)
                    a.add(bottom, second, channel)
                    b.add(bottom, third, channel)
                    c.add(bottom, fourth, channel)
                }
            } else {
                let top = loadChannels(gradient)
                a.add(top, met, channel)
                b.add(top, second, channel)
                c.add(top, third, channel)
                if let next {
                    let bottom = loadChannels(gradient + next)
                    a.add(bottom, second, channel)
                    b.add(bottom, third, channel)
                    c.add(bottom, fourth, channel)
                }
            }
            a.store(sums)
            b.store(sums + 3)
            c.store(sums + 6)
        }
    }
}

/// Four neighboring columns of a row of the gradient.
private struct FourFactors {
    let (a, b, c, d): (SIMD16<Float>, SIMD16<Float>, SIMD16<Float>, SIMD16<Float>)

    @inline(__always)
    init(_ gradient: UnsafePointer<Float>, _ channels: Int) {
        (a, b) = (loadChannels(gradient), loadChannels(gradient + channels))
        (c, d) = (loadChannels(gradient + 2 * channels), loadChannels(gradient + 3 * channels))
    }
}

/// The sums of a row of the kernel.
private struct ThreeSums {
    private var (p, q, r): (SIMD16<Float>, SIMD16<Float>, SIMD16<Float>)

    @inline(__always)
    init(_ sums: UnsafePointer<SIMD16<Float>>) { (p, q, r) = (sums[0], sums[1], sums[2]) }

    /// Adds the products of four columns and the six that they meet.
    @inline(__always)
    mutating func add(_ g: FourFactors, _ met: UnsafePointer<UnsafePointer<Float>>, _ channel: Int) {
        let (x0, x1) = (loadChannels(met[0] + channel), loadChannels(met[1] + channel))
        let (x2, x3) = (loadChannels(met[2] + channel), loadChannels(met[3] + channel))
        let (x4, x5) = (loadChannels(met[4] + channel), loadChannels(met[5] + channel))
        p.addProduct(g.a, x0)
        q.addProduct(g.a, x1)
        r.addProduct(g.a, x2)
        p.addProduct(g.b, x1)
        q.addProduct(g.b, x2)
        r.addProduct(g.b, x3)
        p.addProduct(g.c, x2)
        q.addProduct(g.c, x3)
        r.addProduct(g.c, x4)
        p.addProduct(g.d, x3)
        q.addProduct(g.d, x4)
        r.addProduct(g.d, x5)
    }

    /// Adds the products of one column and the three that it meets.
    @inline(__always)
    mutating func add(_ g: SIMD16<Float>, _ met: UnsafePointer<UnsafePointer<Float>>, _ channel: Int) {
        p.addProduct(g, loadChannels(met[0] + channel))
        q.addProduct(g, loadChannels(met[1] + channel))
        r.addProduct(g, loadChannels(met[2] + channel))
    }

    @inline(__always)
    func store(_ sums: UnsafeMutablePointer<SIMD16<Float>>) { (sums[0], sums[1], sums[2]) = (p, q, r) }
}
