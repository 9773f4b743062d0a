extension Tensor {
    /// Consecutive parts of an axis, of the given sizes: views.
    ///
    /// - Parameter sizes: add up to the axis's extent.
    public func split(
        sizes: [Int], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "split", site)
        if sizes.contains(where: { $0 < 0 }) || sizes.clampedSum != shape[axis] {
            fail("split", "\(sizes) do not add up to axis \(axis) of shape \(shape)", at: site)
        }
        var start = 0
        return sizes.map { size in
            defer { start += size }
            return narrow(axis: axis, start: start, count: size, file: file, line: line)
        }
    }

    /// Consecutive parts of an axis, each of `size` positions but the last, which may be shorter: views.
    public func split(size: Int, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> [Tensor]
    {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "split", site)
        if size < 1 { fail("split", "parts of \(size) positions do not fill an axis", at: site) }
        let extent = shape[axis]
        let size = Swift.min(size, Swift.max(extent, 1))
        let sizes =
            extent == 0 ? [0] : stride(from: 0, to: extent, by: size).map { Swift.min(size, extent - $0) }
        return split(sizes: sizes, axis: axis, file: file, line: line)
    }
}

extension Operation {
    static let split = Operation(
        "split", dtypes: DType.everything,
        [
            Sample("x.split([1, 3], 1)[1]", [Input([3, 4])]) { $0[0].split(sizes: [1, 3], axis: 1).part(1) },
            Sample("x.split(2)[2]", [Input([5, 4])]) { $0[0].split(size: 2).part(2) },
        ])
}
