extension Tensor {
    /// An axis rotated by `shift` positions: what leaves at its end comes in at its start.
    public func roll(_ shift: Int, axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let axis = self.axis(axis, "roll", CallSite(file: file, line: line))
        let extent = shape[axis]
        if extent == 0 { return self }
        let rest = shift % extent
        let steps = rest < 0 ? rest + extent : rest
        if steps == 0 { return self }
        let tail = narrow(axis: axis, start: extent - steps, count: steps)
        return .cat([tail, narrow(axis: axis, start: 0, count: extent - steps)], axis: axis)
    }

    /// Several axes rotated, each by its shift.
    public func roll(
        _ shifts: [Int], axes: [Int], file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        if shifts.count != axes.count {
            fail(
                "roll", "\(shifts.count) shifts do not go with \(axes.count) axes",
                at: CallSite(file: file, line: line))
        }
        return zip(shifts, axes).reduce(self) { $0.roll($1.0, axis: $1.1, file: file, line: line) }
    }
}

extension Operation {
    static let roll = Operation(
        "roll", dtypes: DType.everything,
        [
            Sample("x.roll(1, 0)", [Input([3, 4])]) { $0[0].roll(1, axis: 0) },
            Sample("x.roll((-3, 5), (0, 1))", [Input([4, 3])]) { $0[0].roll([-3, 5], axes: [0, 1]) },
        ])
}
