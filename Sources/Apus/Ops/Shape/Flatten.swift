extension Tensor {
    /// Axes `from` through `to` as one: a view where strides allow.
    public func flatten(
        from first: Int = 0, to last: Int = -1, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (low, high) = (rowAxis(first, "flatten", site), rowAxis(last, "flatten", site))
        if rank == 0 { return reshape([1], file: file, line: line) }
        if low > high { fail("flatten", "axis \(first) comes after axis \(last)", at: site) }
        guard let merged = Array(shape[low...high]).checkedElementCount else {
            fail("flatten", "axes \(low)...\(high) of shape \(shape) are too long for one", at: site)
        }
        return reshape(
            Array(shape[..<low]) + [merged] + Array(shape[(high + 1)...]), file: file, line: line)
    }

    /// One axis as several: the reverse of `flatten`, a view.
    ///
    /// - Parameter extents: their product is the axis's extent; one may be -1 and is worked out.
    public func unflatten(
        axis: Int, into extents: [Int], file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "unflatten", site)
        var parts = extents
        if let free = parts.firstIndex(of: -1) {
            let rest = 0.subtractingClamped(parts.clampedProduct)
            if rest > 0 && shape[axis] % rest == 0 { parts[free] = shape[axis] / rest }
        }
        if parts.contains(where: { $0 < 0 }) || parts.clampedProduct != shape[axis] {
            fail("unflatten", "axis \(axis) of shape \(shape) does not split into \(extents)", at: site)
        }
        let target = Array(shape[..<axis]) + parts + Array(shape[(axis + 1)...])
        target.checkRank("unflatten", site)
        return reshape(target, file: file, line: line)
    }
}

extension Operation {
    static let flatten = Operation(
        "flatten", dtypes: DType.everything,
        [
            Sample("x.flatten()", [Input([2, 3, 4])]) { $0[0].flatten() },
            Sample("x.flatten(1)", [Input([2, 3, 4])]) { $0[0].flatten(from: 1) },
            Sample("x.flatten(0, 1)", [Input([2, 3, 4])]) { $0[0].flatten(to: 1) },
            Sample("x.unflatten(0, (2, -1))", [Input([6, 2])]) { $0[0].unflatten(axis: 0, into: [2, -1]) },
        ])
}
