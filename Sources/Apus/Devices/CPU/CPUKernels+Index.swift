import ApusKernels

extension CPUKernels {
    package func gatherBlocks(
        _ source: Operand, outer: [Int], inner: [Int], offsets: UnsafeRawPointer, _ count: Int,
        into result: UnsafeMutableRawPointer
    ) {
        access {
            ApusKernels.gatherBlocks(
                source, outer: outer, inner: inner, offsets: offsets.assumingMemoryBound(to: Int.self), count,
                into: result)
        }
    }

    package func scatterBlocks(
        _ source: UnsafeRawPointer, into target: Operand, outer: [Int], inner: [Int],
        offsets: UnsafeRawPointer, _ count: Int, adding: Bool
    ) {
        access {
            ApusKernels.scatterBlocks(
                source, into: target, outer: outer, inner: inner,
                offsets: offsets.assumingMemoryBound(to: Int.self), count, adding: adding)
        }
    }

    package func selectRows(
        _ source: UnsafeRawPointer, outer: Int, extent: Int, blockBytes: Int, index: UnsafeRawPointer,
        _ count: Int, into result: UnsafeMutableRawPointer
    ) -> Int? {
        access {
            ApusKernels.selectRows(
                source, outer: outer, extent: extent, blockBytes: blockBytes,
                index: index.assumingMemoryBound(to: Int64.self), count, into: result)
        }
    }

    package func indexOffsets(
        _ index: UnsafeRawPointer, _ count: Int, extent: Int, stride: Int, adding: Bool,
        into offsets: UnsafeMutableRawPointer
    ) -> Int? {
        access {
            ApusKernels.indexOffsets(
                index.assumingMemoryBound(to: Int64.self), count, extent: extent, stride: stride,
                adding: adding, into: offsets.assumingMemoryBound(to: Int.self))
        }
    }

    package func axisOffsets(
        _ index: UnsafeRawPointer, shape: [Int], strides: [Int], axis: Int, extent: Int,
        into offsets: UnsafeMutableRawPointer
    ) -> Int? {
        access {
            ApusKernels.axisOffsets(
                index.assumingMemoryBound(to: Int64.self), shape: shape, strides: strides, axis: axis,
                extent: extent, into: offsets.assumingMemoryBound(to: Int.self))
        }
    }

    package func markLastWriters(
        _ offsets: UnsafeRawPointer, _ count: Int, span: Int, into marks: UnsafeMutableRawPointer
    ) -> Bool {
        access {
            ApusKernels.markLastWriters(
                offsets.assumingMemoryBound(to: Int.self), count, span: span,
                into: marks.assumingMemoryBound(to: UInt8.self))
        }
    }

    package func largestOfSegments(
        _ rows: UnsafeRawPointer, _ dtype: DType, length: Int, bounds: UnsafeRawPointer, segments: Int,
        counts: UnsafeRawPointer, into indices: UnsafeMutableRawPointer
    ) {
        access {
            ApusKernels.largestOfSegments(
                rows, dtype, length: length, bounds: bounds.assumingMemoryBound(to: Int64.self),
                segments: segments, counts: counts.assumingMemoryBound(to: UInt8.self),
                into: indices.assumingMemoryBound(to: Int64.self))
        }
    }

    package func findTrue(_ mask: UnsafeRawPointer, shape: Shape) -> TrueElements {
        let search = access { NonzeroSearch(mask, shape: shape) }
        return TrueElements(count: search.total) { result in
            self.access { search.write(result.assumingMemoryBound(to: Int64.self)) }
        }
    }
}
