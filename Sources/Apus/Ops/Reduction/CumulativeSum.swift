import ApusKernelCalls

struct CumulativeSum: SingleResult {
    let axis: Int
    /// From the end of the axis.
    let reversed: Bool
    var name: String { "cumulativeSum" }
    var types: TypeRule { .runningSum }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].scanned(.sum, axis, reversed: reversed) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [backward.gradient.cumulativeSum(axis, reversed: !reversed)]
    }
}

extension Tensor {
    /// The running sum along an axis; integers and booleans give int64.
    ///
    /// Single-precision elements accumulate in double precision.
    public func cumulativeSum(axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axis = rowAxis(axis, "cumulativeSum", site)
        let x = promoted(by: .runningSum)
        return x.cumulativeSum(axis, reversed: false)
    }

    /// From the end of the axis, if reversed.
    func cumulativeSum(_ axis: Int, reversed: Bool) -> Tensor {
        Tensor.apply(CumulativeSum(axis: axis, reversed: reversed), to: [self], at: nil)
    }

    /// The running sums or products, without history.
    func scanned(_ kind: ScanKind, _ axis: Int, reversed: Bool) -> Tensor {
        let x = rowMajor()
        let result = Tensor(uninitialized: shape, x.dtype)
        kernels.scan(kind, x.start, into: result.base, x.dtype, split(axis), reversed: reversed)
        return result.converted(to: dtype)
    }
}

extension Operation {
    static let cumulativeSum = Operation(
        "cumulativeSum", dtypes: DType.everything,
        [
            Sample("torch.cumsum(x, 0)", [Input([3, 4])]) { $0[0].cumulativeSum(axis: 0) },
            Sample("torch.cumsum(x, 1)", [Input([3, 4])]) { $0[0].cumulativeSum(axis: 1) },
        ])
}
