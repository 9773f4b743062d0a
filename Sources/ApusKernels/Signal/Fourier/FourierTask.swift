import ApusKernelBase

extension FourierKind {
    var isInputReal: Bool { self == .realForward }
    var isOutputReal: Bool { self == .realInverse }
    /// Inverse transforms are forward transforms with real and imaginary parts exchanged before and after.
    var isSwapped: Bool { self == .inverse || self == .realInverse }
}

/// What is transformed: axes of two strided operands of the same rank.
struct FourierTask {
    let kind: FourierKind
    /// Lengths of the transforms along each axis; of real transforms the number of real elements.
    var lengths: [Int]
    /// Strides of the transformed axes, in elements.
    var inputStrides: [Int]
    var outputStrides: [Int]
    /// The axes that are not transformed.
    var batch: Batch
    let scale: Double
    /// What the first coefficient along the last axis, and at even lengths the last one, is multiplied by
    /// in real transforms.
    let edge: Double

    /// The extents of the intermediate result: after the transforms along the last axis, before those along the others,
    /// or the other way round.
    var spectrum: [Int] {
        kind.isInputReal || kind.isOutputReal
            ? lengths.dropLast() + [lengths.last! / 2 + 1] : lengths
    }
    var rows: Int { lengths.dropLast().reduce(1, *) }
    var inputExtents: [Int] { kind.isInputReal ? lengths : spectrum }
    var outputExtents: [Int] { kind.isOutputReal ? lengths : spectrum }
}

/// The axes along which the transform is repeated, in the order that walks memory best.
struct Batch {
    var extents: [Int] = []
    var inputStrides: [Int] = []
    var outputStrides: [Int] = []

    /// - Parameter axes: extent, input stride and output stride of each.
    init(_ axes: [(extent: Int, input: Int, output: Int)]) {
        let ordered = axes.filter { $0.extent != 1 }.enumerated().sorted {
            let (a, b) = (Swift.abs($0.element.input), Swift.abs($1.element.input))
            return a != b ? a > b : $0.offset < $1.offset
        }
        for (_, axis) in ordered {
            if let last = extents.indices.last, inputStrides[last] == axis.input * axis.extent,
                outputStrides[last] == axis.output * axis.extent
            {
                extents[last] *= axis.extent
                (inputStrides[last], outputStrides[last]) = (axis.input, axis.output)
            } else {
                extents.append(axis.extent)
                inputStrides.append(axis.input)
                outputStrides.append(axis.output)
            }
        }
        if extents.isEmpty { (extents, inputStrides, outputStrides) = ([1], [0], [0]) }
    }

    var count: Int { extents.reduce(1, *) }
}

/// The positions of elements: at equal distances, or given by a table.
struct ElementPositions {
    let stride: Int?
    let table: [Int]
    /// The length of the runs in which elements follow each other without gaps.
    let run: Int
    let count: Int

    init(_ extents: [Int], _ strides: [Int]) {
        count = extents.reduce(1, *)
        let axes = Batch(zip(extents, strides).map { ($0, $1, $1) }, inOrder: true)
        let last = axes.extents.count - 1
        stride = last == 0 ? axes.inputStrides[0] : nil
        run = axes.inputStrides[last] == 1 || axes.extents[last] == 1 ? axes.extents[last] : 1
        if stride != nil {
            table = []
        } else {
            var offsets = [0]
            for (extent, stride) in zip(axes.extents, axes.inputStrides) {
                offsets = offsets.flatMap { offset in (0..<extent).map { offset + $0 * stride } }
            }
            table = offsets
        }
    }
}

extension Batch {
    fileprivate init(_ axes: [(extent: Int, input: Int, output: Int)], inOrder: Bool) {
        for axis in axes where axis.extent != 1 {
            if let last = extents.indices.last, inputStrides[last] == axis.input * axis.extent {
                extents[last] *= axis.extent
                (inputStrides[last], outputStrides[last]) = (axis.input, axis.output)
            } else {
                extents.append(axis.extent)
                inputStrides.append(axis.input)
                outputStrides.append(axis.output)
            }
        }
        if extents.isEmpty { (extents, inputStrides, outputStrides) = ([1], [0], [0]) }
    }
}
