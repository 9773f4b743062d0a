import Apus
import ApusDistributed
import ApusNN

/// What every group must do, whatever its ranks are: each rank runs all of this, and throws where something is not as it must be.
package struct GroupChecks {
    let group: any ProcessGroup
    /// Whether sums are added in the order of ranks, so that their bits are known.
    let addsInOrder: Bool

    package init(_ group: any ProcessGroup, addsInOrder: Bool) {
        self.group = group
        self.addsInOrder = addsInOrder
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    static let summedTypes = DType.allCases.filter(\.isDifferentiable)

    package func run() throws {
        for dtype in Self.summedTypes {
            for shape: Shape in [[], [0], [1], [3, 0, 2], [7], [257], [33, 65]] {
                try sumIsRight(shape, dtype) { $0 }
            }
            try sumIsRight([33, 65], dtype) { $0.transpose(0, 1) }
            try sumIsRight([64, 9], dtype) { $0[(1...).by(3)] }
            try sumIsRight([1, 5], dtype) { $0.broadcast(to: [4, 5]) }
            try inBuffersIsRight(dtype)
        }
        // More than passes through `staging` at once, and no multiple of anything.
        try sumIsRight([1_100_003], .float32) { $0 }
        try sumIsRight([1_200_003], .bfloat16) { $0 }
        for root in Set([0, group.size / 2, group.size - 1]).sorted() {
            for dtype in DType.allCases {
                for shape: Shape in [[], [0], [17, 3]] { try broadcastIsRight(shape, dtype, root) }
            }
            try broadcastIsRight([600_001], .float64, root)
        }
        try tensorsInBuffersChange()
        try statisticsAreThoseOfAll()
        try group.barrier()
    }

    /// A normalisation of three rows of each rank but the last, which has none: values and gradients are those of all rows.
    private func statisticsAreThoseOfAll() throws {
        let all = values([3 * max(group.size - 1, 1), 2], .float64, 7)
        func run(_ rows: Range<Int>) -> (values: Tensor, gradient: Tensor) {
            let norm = BatchNorm1d(2)
            norm.synchronizeBatchNorms()
            let x = all.narrow(axis: 0, start: rows.lowerBound, count: rows.count).detach()
                .requiringGradient()
            let y = norm(x)
            (y * y * y).sum().backward()
            return (y.detach(), x.grad!)
        }
        let expected = run(0..<all.shape[0])
        let start = min(3 * group.rank, all.shape[0])
        let rows = start..<min(start + 3, all.shape[0])
        let found = try group.withSynchronizedStatistics { run(rows) }
        func differs(_ found: Tensor, _ expected: Tensor) -> Bool {
            let own = expected.narrow(axis: 0, start: rows.lowerBound, count: rows.count)
            return !found.allClose(own, relative: 1e-9, absolute: 1e-9)
        }
        try expect(!differs(found.values, expected.values), "values of synchronized statistics")
        try expect(!differs(found.gradient, expected.gradient), "gradients of synchronized statistics")
    }

    /// Values of a rank that differ from others' and are no round numbers.
    private func values(_ shape: Shape, _ dtype: DType, _ rank: Int) -> Tensor {
        let count = Int64(shape.elementCount)
        let index = Tensor(
            (0..<count).map { Double(($0 * 7 + Int64(rank) * 13) % 101 - 50) / 7 }, shape: shape,
            dtype: .float64)
        if dtype.isComplex {
            return (index + index.flip(axes: Array(0..<shape.count)) * Complex(0, 1)).to(dtype)
        }
        return index.to(dtype)
    }

    private func bits(_ tensor: Tensor) -> [UInt8] { tensor.withUnsafeBytes { Array($0) } }

    private func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw Failure(description: "rank \(group.rank) of \(group.size): \(what())") }
    }

    /// The sum in the order of ranks; 16-bit types are rounded once.
    private func reference(_ tensors: [Tensor]) -> Tensor {
        let dtype = tensors[0].dtype
        return tensors.dropFirst().reduce(tensors[0].to(dtype.computeType)) { $0 + $1.to(dtype.computeType) }
            .to(dtype)
    }

    private func expectSum(_ sum: Tensor, of tensors: [Tensor], _ what: String) throws {
        let expected = reference(tensors)
        try expect(
            sum.shape == expected.shape && sum.dtype == expected.dtype, "\(what): \(sum.dtype) \(sum.shape)")
        if addsInOrder {
            try expect(bits(sum) == bits(expected.contiguous()), "\(what): not the bits of the sum in order")
        } else if sum.count > 0 {
            let tolerance = sum.dtype.isHalf ? 1e-2 : sum.dtype.realType == .float64 ? 1e-14 : 1e-5
            let error = (sum - expected).abs().max().item(as: Double.self)
            try expect(error <= tolerance * 50, "\(what): differs by \(error)")
        }
        // All ranks have the first one's bits.
        try expect(bits(try group.broadcast(sum)) == bits(sum), "\(what): ranks differ")
    }

    private func sumIsRight(_ shape: Shape, _ dtype: DType, _ view: (Tensor) -> Tensor) throws {
        let tensors = (0..<group.size).map { view(values(shape, dtype, $0)) }
        let own = tensors[group.rank]
        let sum = try group.sum(own)
        try expectSum(sum, of: tensors, "sum of \(dtype) \(own.shape), strides \(own.layout.strides)")
        try expect(bits(own) == bits(view(values(shape, dtype, group.rank))), "the summed tensor has changed")
    }

    private func inBuffersIsRight(_ dtype: DType) throws {
        for count in [0, 1, 5, 1000, 70_001] {
            let tensors = (0..<group.size).map { values([count], dtype, $0) }
            let buffer = try group.makeBuffer(byteCount: count * dtype.size + 3)
            try expect(buffer.bytes.allSatisfy { $0 == 0 }, "a fresh buffer is not zero")
            func fill() {
                tensors[group.rank].withUnsafeBytes { buffer.bytes.copyMemory(from: $0) }
            }
            func contents() -> Tensor {
                var result = Tensor.zeros([count], dtype: dtype)
                result.withUnsafeMutableBytes {
                    $0.copyMemory(from: .init(rebasing: buffer.bytes[..<$0.count]))
                }
                return result
            }
            fill()
            try group.sum(buffer, count: count, as: dtype)
            let sum = contents()
            try expectSum(sum, of: tensors, "sum in a buffer of \(count) \(dtype)")
            fill()
            try group.reduceScatter(buffer, count: count, as: dtype)
            let part = group.part(of: count)
            let scattered = contents()
            if addsInOrder {
                try expect(
                    bits(scattered.narrow(axis: 0, start: part.lowerBound, count: part.count))
                        == bits(sum.narrow(axis: 0, start: part.lowerBound, count: part.count)),
                    "reduceScatter of \(count) \(dtype)")
            }
            try group.allGather(buffer, count: count, as: dtype)
            try expectSum(contents(), of: tensors, "allGather of \(count) \(dtype)")
        }
    }

    private func broadcastIsRight(_ shape: Shape, _ dtype: DType, _ root: Int) throws {
        func tensor(_ rank: Int) -> Tensor {
            let numbers = (0..<shape.elementCount).map { UInt8(($0 + rank * 3) % 5) }
            return Tensor(numbers, shape: shape, dtype: dtype)
        }
        let result = try group.broadcast(tensor(group.rank), from: root)
        try expect(
            result.dtype == dtype && result.shape == shape && bits(result) == bits(tensor(root)),
            "broadcast of \(dtype) \(shape) from \(root)")
    }

    private func tensorsInBuffersChange() throws {
        let buffer = try group.makeBuffer(byteCount: 24)
        var view = buffer.tensor([2, 2], .float32, at: 8)
        view.withUnsafeMutableBytes { $0.bindMemory(to: Float.self).update(repeating: 1) }
        try group.sum(buffer, count: 6, as: .float32)
        let n = Float(group.size)
        try expect(view.array(of: Float.self) == [n, n, n, n], "a tensor in a buffer: \(view)")
    }
}
