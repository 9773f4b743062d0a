struct Broadcast: SingleResult {
    let shape: Shape
    var name: String { "broadcast" }
    var isView: Bool { true }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].viewed(inputs[0].layout.broadcast(to: shape)) }
    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient.summed(to: backward.shape(0))] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// This tensor repeated along axes of extent 1 and new leading axes to fill `target`: a view.
    public func broadcast(to target: Shape, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        if target == shape { return self }
        target.checkRank("broadcast", CallSite(file: file, line: line))
        if Shape.broadcast(shape, target) != target || target.contains(where: { $0 < 0 }) {
            fail(
                "broadcast", "shape \(shape) does not broadcast to \(target)",
                at: CallSite(file: file, line: line))
        }
        if target.checkedElementCount == nil {
            fail("broadcast", "shape \(target) has too many elements", at: CallSite(file: file, line: line))
        }
        return Tensor.apply(Broadcast(shape: target), to: [self], at: nil)
    }
}

extension Operation {
    static let broadcast = Operation(
        "broadcast", dtypes: DType.everything,
        [Sample("x.expand(2, 3, 4)", [Input([3, 1])]) { $0[0].broadcast(to: [2, 3, 4]) }])
}
