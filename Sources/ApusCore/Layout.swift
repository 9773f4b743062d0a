/// Where the elements of a tensor lie in its storage: shape, strides and offset, all in elements.
///
/// A stride may be 0 (broadcast) or negative (flipped).
public struct Layout: Sendable, Hashable {
    /// The most axes that a tensor has, as in NumPy and PyTorch: sets of axes are the bits of one number.
    public static let maximumRank = 64

    /// The extent of each axis.
    public var shape: Shape
    /// From one element to the next along each axis, as many numbers as axes.
    public var strides: [Int]
    /// Where the element at index 0 of every axis lies, counted from the start of the storage.
    public var offset: Int

    /// Nothing is checked here; the tensor that is made of it checks that all elements lie in its storage.
    public init(shape: Shape, strides: [Int], offset: Int = 0) {
        self.shape = shape
        self.strides = strides
        self.offset = offset
    }

    /// Row-major, without gaps.
    package init(contiguous shape: Shape) {
        self.init(shape: shape, strides: shape.contiguousStrides)
    }

    /// How many axes there are; 0 for a scalar.
    public var rank: Int { shape.count }

    /// How many elements there are; 1 for a scalar.
    package var elementCount: Int { shape.elementCount }

    /// Row-major without gaps; axes of extent 1 may have any stride, and so may a layout without elements.
    public var isContiguous: Bool {
        var step = 1
        for axis in shape.indices.reversed() where shape[axis] != 1 {
            if strides[axis] != step { return shape.contains(0) }
            step &*= shape[axis]
        }
        return true
    }

    /// The elements fill one gapless stretch of memory in some order of the axes: a permuted
    /// contiguous layout, such as channels-last. Elementwise operations keep that order.
    package var isDense: Bool {
        if isContiguous { return true }
        var step = 1
        for axis in axesBySize where shape[axis] != 1 {
            if strides[axis] != step { return shape.contains(0) }
            step &*= shape[axis]
        }
        return true
    }

    /// Two different indices never meet in memory, as far as strides can tell cheaply.
    package var mayOverlap: Bool {
        if shape.contains(0) { return false }
        var reach = 0
        for axis in axesBySize where shape[axis] > 1 {
            if abs(strides[axis]) <= reach { return true }
            reach += abs(strides[axis]) * (shape[axis] - 1)
        }
        return false
    }

    private var axesBySize: [Int] {
        shape.indices.sorted { (abs(strides[$0]), -$0) < (abs(strides[$1]), -$1) }
    }

    /// The lowest and the highest element reached, relative to the start of the storage; the offset where
    /// there are no elements.
    package var bounds: ClosedRange<Int> {
        if shape.contains(0) { return offset...offset }
        var low = offset
        var high = offset
        for (extent, stride) in zip(shape, strides) where extent > 1 {
            if stride < 0 { low += stride * (extent - 1) } else { high += stride * (extent - 1) }
        }
        return low...high
    }

    /// This layout, for a storage of `count` elements: nil where it reaches outside. Strides that are never taken, of
    /// axes of one position, are 0 if they would lead outside.
    package func within(_ count: Int) -> Layout? {
        guard offset >= 0, offset <= count else { return nil }
        let isEmpty = shape.contains(0)
        if !isEmpty && offset == count { return nil }
        var (result, below, above) = (self, 0, 0)
        for axis in shape.indices {
            let steps = isEmpty ? 0 : shape[axis] - 1
            let (reach, overflow) = strides[axis].multipliedReportingOverflow(by: steps)
            if overflow || reach.magnitude > count { return nil }
            if reach < 0 { below -= reach } else { above += reach }
            if offset < below || offset + above >= count + (isEmpty ? 1 : 0) { return nil }
            if strides[axis].magnitude > count { result.strides[axis] = 0 }
        }
        return result
    }

    /// The layout seen through a broadcast to `target`; the caller has checked that it fits.
    package func broadcast(to target: Shape) -> Layout {
        if target == shape { return self }
        let added = target.count - rank
        var stretched = [Int](repeating: 0, count: target.count)
        for axis in 0..<rank where shape[axis] == target[axis + added] {
            stretched[axis + added] = strides[axis]
        }
        return Layout(shape: target, strides: stretched, offset: offset)
    }

    /// The layout whose axis i is axis `axes[i]` of this one, without moving elements; the caller has checked that
    /// each axis is there once.
    package func permuted(_ axes: [Int]) -> Layout {
        Layout(shape: axes.map { shape[$0] }, strides: axes.map { strides[$0] }, offset: offset)
    }

    /// The same elements under another shape, without moving them; nil where strides cannot say it.
    package func reshaped(_ target: Shape) -> Layout? {
        if isContiguous || elementCount == 0 {
            return Layout(shape: target, strides: target.contiguousStrides, offset: offset)
        }
        // Merge the old axes that run on into each other, then cut the runs at the new extents.
        var runs: [(extent: Int, stride: Int)] = []
        for axis in 0..<rank where shape[axis] != 1 {
            if let last = runs.last, last.stride == strides[axis] * shape[axis] {
                runs[runs.count - 1] = (last.extent * shape[axis], strides[axis])
            } else {
                runs.append((shape[axis], strides[axis]))
            }
        }
        var result = [Int](repeating: 1, count: target.count)
        var axis = target.count - 1
        for run in runs.reversed() {
            var left = run.extent
            var stride = run.stride
            while left > 1 {
                guard axis >= 0, left % target[axis] == 0 else { return nil }
                result[axis] = stride
                stride *= target[axis]
                left /= target[axis]
                axis -= 1
            }
        }
        return Layout(shape: target, strides: result, offset: offset)
    }
}
