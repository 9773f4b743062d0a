import ApusCore
import ApusFormats

extension Image {
    /// This picture at another size, with the bytes of Pillow's `resize`.
    ///
    /// All pixels under a new one count where the picture shrinks (antialiasing), but for `.nearest`. Rows are resampled first,
    /// then columns, with weights of 22 bits and 8 bits between the two.
    public func resized(
        width: Int, height: Int, _ resampling: Resampling = .bilinear, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Image {
        if width < 1 || height < 1 || [width, height, format.channels].clampedProduct > 1 << 40 {
            fail(
                "resized",
                "a picture of \(self.width) × \(self.height) pixels cannot have \(width) × \(height)",
                at: CallSite(file: file, line: line))
        }
        if width == self.width && height == self.height { return self }
        if resampling == .nearest {
            let matrix = [
                Double(self.width) / Double(width), 0, 0, 0, Double(self.height) / Double(height), 0,
            ]
            return warped(width: width, height: height, .affine(matrix), .nearest, fill: 0)
        }
        let columns =
            width == self.width ? nil : ResamplingWeights(from: self.width, to: width, resampling)
        let rows = height == self.height ? nil : ResamplingWeights(from: self.height, to: height, resampling)
        // Of the old rows those alone that the new ones are made of.
        let first = rows?.spans[0].first ?? 0
        let end = rows.map { $0.spans[height - 1].first + $0.spans[height - 1].count } ?? self.height
        let channels = format.channels
        let bytes = pixels.withUnsafeBufferPointer { pixels -> [UInt8] in
            guard let columns else {
                return resampledRows(
                    pixels.baseAddress!, rowBytes: width * channels, rows!, first: 0)
            }
            let between = [UInt8](unsafeUninitializedCapacity: (end - first) * width * channels + padding) {
                out, count in
                resampleColumns(
                    pixels, of: self.width, channels, columns, rows: first..<end, into: out.baseAddress!)
                count = (end - first) * width * channels
            }
            guard let rows else { return between }
            return between.withUnsafeBufferPointer {
                resampledRows(
                    $0.baseAddress!, rowBytes: width * channels, rows, first: first)
            }
        }
        return Image(width: width, height: height, format: format, pixels: bytes)
    }
}

/// What loops may write past the end.
private let padding = 16

/// Added before the lower bits are dropped. Sums of weights times bytes fit in 32 bits: the weights sum to 1 and few are negative.
private let half = Int32(1) << (ResamplingWeights.bits - 1)

/// Sums in 0...255. By bits: comparisons and `clamped` of vectors become loops over their lanes.
@inline(__always)
private func clamped<Sums: SIMD>(_ sums: Sums) -> Sums where Sums.Scalar == Int32 {
    let values = sums &>> Sums(repeating: ResamplingWeights.bits)
    // Negative ones become 0; those above 255 get all their bits.
    let positive = values & ~(values &>> Sums(repeating: 31))
    return positive | ((Sums(repeating: 255) &- positive) &>> Sums(repeating: 31))
}

/// Each row at its new width.
private func resampleColumns(
    _ pixels: UnsafeBufferPointer<UInt8>, of width: Int, _ channels: Int, _ columns: ResamplingWeights,
    rows: Range<Int>, into out: UnsafeMutablePointer<UInt8>
) {
    let rowBytes = width * channels
    let count = columns.spans.count
    // Four bytes are read for a pixel of three, which after the last one are not there.
    var last = [UInt8](repeating: 0, count: rowBytes + padding)
    last.withUnsafeMutableBufferPointer { last in
        last.baseAddress!.update(
            from: pixels.baseAddress! + (rows.upperBound - 1) * rowBytes, count: rowBytes)
        columns.spans.withUnsafeBufferPointer { spans in
            columns.weights.withUnsafeBufferPointer { weights in
                for y in rows {
                    let row =
                        y == rows.upperBound - 1
                        ? UnsafePointer(last.baseAddress!) : pixels.baseAddress! + y * rowBytes
                    let to = out + (y - rows.lowerBound) * count * channels
                    if channels == 1 {
                        resampleGray(row, spans, weights.baseAddress!, columns.stride, to)
                    } else {
                        resampleColors(row, spans, weights.baseAddress!, columns.stride, to)
                    }
                }
            }
        }
    }
}

private func resampleGray(
    _ row: UnsafePointer<UInt8>, _ spans: UnsafeBufferPointer<(first: Int, count: Int)>,
    _ weights: UnsafePointer<Int32>, _ stride: Int, _ out: UnsafeMutablePointer<UInt8>
) {
    for x in spans.indices {
        let (pixel, weight) = (row + spans[x].first, weights + x * stride)
        var sum = half
        for i in 0..<spans[x].count { sum &+= Int32(pixel[i]) &* weight[i] }
        out[x] = UInt8(clamping: sum &>> ResamplingWeights.bits)
    }
}

private func resampleColors(
    _ row: UnsafePointer<UInt8>, _ spans: UnsafeBufferPointer<(first: Int, count: Int)>,
    _ weights: UnsafePointer<Int32>, _ stride: Int, _ out: UnsafeMutablePointer<UInt8>
) {
    var weights = weights
    var to = UnsafeMutableRawPointer(out)
    for span in spans {
        var pixel = UnsafeRawPointer(row + 3 * span.first)
        var sum = SIMD4<Int32>(repeating: half)
        for i in 0..<span.count {
            // Four bytes at once, then one in each lane: loading them one by one takes longer.
            let word = SIMD4<UInt32>(repeating: pixel.loadUnaligned(as: UInt32.self))
            let samples = (word &>> SIMD4(0, 8, 16, 24)) & SIMD4(repeating: 255)
            sum &+= SIMD4<Int32>(truncatingIfNeeded: samples) &* SIMD4<Int32>(repeating: weights[i])
            pixel += 3
        }
        // The fourth byte is overwritten by the next pixel.
        to.storeBytes(of: SIMD4<UInt8>(truncatingIfNeeded: clamped(sum)), as: SIMD4<UInt8>.self)
        to += 3
        weights += stride
    }
}

/// Each column at its new height; `first` is the number of the first row that is there.
private func resampledRows(
    _ pixels: UnsafePointer<UInt8>, rowBytes: Int, _ rows: ResamplingWeights, first: Int
) -> [UInt8] {
    typealias Bytes = SIMD16<UInt8>
    typealias Sums = SIMD16<Int32>
    let height = rows.spans.count
    return [UInt8](unsafeUninitializedCapacity: height * rowBytes) { out, count in
        rows.weights.withUnsafeBufferPointer { weights in
            for y in 0..<height {
                let (start, taps) = rows.spans[y]
                let weight = weights.baseAddress! + y * rows.stride
                let from = pixels + (start - first) * rowBytes
                let to = out.baseAddress! + y * rowBytes
                var x = 0
                while x + 16 <= rowBytes {
                    var sum = Sums(repeating: half)
                    var row = UnsafeRawPointer(from + x)
                    for i in 0..<taps {
                        let bytes = row.loadUnaligned(as: Bytes.self)
                        sum &+= Sums(truncatingIfNeeded: bytes) &* Sums(repeating: weight[i])
                        row += rowBytes
                    }
                    UnsafeMutableRawPointer(to + x)
                        .storeBytes(of: Bytes(truncatingIfNeeded: clamped(sum)), as: Bytes.self)
                    x += 16
                }
                while x < rowBytes {
                    var sum = half
                    for i in 0..<taps { sum &+= Int32(from[i * rowBytes + x]) &* weight[i] }
                    to[x] = UInt8(clamping: sum &>> ResamplingWeights.bits)
                    x += 1
                }
            }
        }
        count = height * rowBytes
    }
}
