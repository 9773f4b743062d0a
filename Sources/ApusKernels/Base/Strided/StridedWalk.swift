import ApusCore

/// The axes of one operand in the order its elements are visited, merged where they run on into
/// each other: a contiguous operand is a single run of stride 1.
@usableFromInline package struct StridedWalk {
    @usableFromInline package let base: UnsafeMutableRawPointer
    @usableFromInline package let dtype: DType
    @usableFromInline package let extents: [Int]
    @usableFromInline package let strides: [Int]
    /// Elements in the innermost run.
    @usableFromInline package let run: Int
    @usableFromInline package let runStride: Int

    /// - Parameter axes: the operand's axes from the slowest to the fastest.
    package init(_ operand: Operand, axes: [Int]) {
        var extents: [Int] = []
        var strides: [Int] = []
        let layout = operand.layout
        for axis in axes where layout.shape[axis] != 1 {
            let extent = layout.shape[axis]
            let stride = layout.strides[axis]
            if let last = strides.last, last == stride * extent {
                extents[extents.count - 1] *= extent
                strides[strides.count - 1] = stride
            } else {
                extents.append(extent)
                strides.append(stride)
            }
        }
        base = operand.pointer
        dtype = operand.dtype
        run = extents.popLast() ?? 1
        runStride = strides.popLast() ?? 1
        self.extents = extents
        self.strides = strides
    }

    /// The address of each run, or part of one, in elements `start..<start + count` of the visit:
    /// calls `body(address, position in the visit relative to start, length)`.
    @inlinable @inline(__always)
    package func forEachRun(
        _ start: Int, _ count: Int, _ body: (UnsafeMutableRawPointer, Int, Int) -> Void
    ) {
        let size = dtype.size
        var done = 0
        var row = start / run
        var within = start - row * run
        while done < count {
            let length = min(run - within, count - done)
            body(base + (rowOffset(row) + within * runStride) * size, done, length)
            done += length
            within = 0
            row += 1
        }
    }

    /// The offset in elements of run number `row`.
    @inlinable @inline(__always)
    package func rowOffset(_ row: Int) -> Int {
        var rest = row
        var offset = 0
        var axis = extents.count - 1
        while axis > 0 {
            let quotient = rest / extents[axis]
            offset += (rest - quotient * extents[axis]) * strides[axis]
            rest = quotient
            axis -= 1
        }
        if axis == 0 { offset += rest * strides[0] }
        return offset
    }
}

extension StridedWalk {
    /// The address of elements `start..<start + count` as contiguous elements of `type`: their own if they are that
    /// already, else `scratch`, into which they are gathered and converted.
    package func read(
        _ start: Int, _ count: Int, as type: DType, scratch: UnsafeMutableRawPointer,
        gathered: UnsafeMutableRawPointer
    ) -> UnsafeRawPointer {
        let row = start / run
        let within = start - row * run
        if runStride == 1, within + count <= run {
            let address = base + (rowOffset(row) + within) * dtype.size
            if dtype == type { return UnsafeRawPointer(address) }
            convert(address, dtype, to: scratch, type, count)
            return UnsafeRawPointer(scratch)
        }
        let target = dtype == type ? scratch : gathered
        switch dtype.size {
        case 1: gather(start, count, UInt8.self, target)
        case 2: gather(start, count, UInt16.self, target)
        case 4: gather(start, count, UInt32.self, target)
        case 8: gather(start, count, UInt64.self, target)
        default: gather(start, count, WideElement.self, target)
        }
        if dtype != type { convert(target, dtype, to: scratch, type, count) }
        return UnsafeRawPointer(scratch)
    }

    @inline(__always)
    private func gather<E>(_ start: Int, _ count: Int, _: E.Type, _ target: UnsafeMutableRawPointer) {
        let target = target.assumingMemoryBound(to: E.self)
        let stride = runStride
        forEachRun(start, count) { address, position, length in
            let source = address.assumingMemoryBound(to: E.self)
            let target = target + position
            if stride == 1 {
                for i in 0..<length { target[i] = source[i] }
            } else if stride == 0 {
                let value = source[0]
                for i in 0..<length { target[i] = value }
            } else {
                for i in 0..<length { target[i] = source[i &* stride] }
            }
        }
    }

    /// Writes contiguous elements of `type` to the operand's strided memory, where they are of another type by way of
    /// `converted` if they cannot be converted in place.
    package func write(
        _ start: Int, _ count: Int, from source: UnsafeRawPointer, of type: DType,
        converted: UnsafeMutableRawPointer
    ) {
        if dtype == type { return write(start, count, from: source) }
        let row = start / run
        let within = start - row * run
        if runStride == 1, within + count <= run {
            let address = base + (rowOffset(row) + within) * dtype.size
            convert(source, type, to: address, dtype, count)
        } else {
            convert(source, type, to: converted, dtype, count)
            write(start, count, from: converted)
        }
    }

    /// Writes contiguous elements of this walk's type to the operand's strided memory.
    package func write(_ start: Int, _ count: Int, from source: UnsafeRawPointer) {
        switch dtype.size {
        case 1: scatter(start, count, UInt8.self, source)
        case 2: scatter(start, count, UInt16.self, source)
        case 4: scatter(start, count, UInt32.self, source)
        case 8: scatter(start, count, UInt64.self, source)
        default: scatter(start, count, WideElement.self, source)
        }
    }

    @inline(__always)
    private func scatter<E>(_ start: Int, _ count: Int, _: E.Type, _ source: UnsafeRawPointer) {
        let source = source.assumingMemoryBound(to: E.self)
        let stride = runStride
        forEachRun(start, count) { address, position, length in
            let target = address.assumingMemoryBound(to: E.self)
            let source = source + position
            if stride == 1 {
                for i in 0..<length { target[i] = source[i] }
            } else {
                for i in 0..<length { target[i &* stride] = source[i] }
            }
        }
    }
}
