/// Of elements alone or with their weights.
struct BinCount: SingleResult {
    let minLength: Int
    let site: CallSite?
    var name: String { "binCount" }

    func value(of inputs: [Tensor]) throws -> Tensor {
        let elements = inputs[0].array(of: Int.self)
        if let low = elements.min(), low < 0 { throw NegativeElement(value: low) }
        let length = Swift.max(minLength, (elements.max() ?? -1).addingClamped(1), 0)
        Tensor.checkShape([length], name, site)
        if inputs.count == 2 {
            return Tensor.zeros([length], dtype: inputs[1].dtype)
                .indexAdd(axis: 0, index: inputs[0].to(.int64), source: inputs[1])
        }
        var result = Tensor.zeros([length], dtype: .int64)
        result.withUnsafeMutableBytes { bytes in
            let counts = bytes.bindMemory(to: Int.self)
            for element in elements { counts[element] += 1 }
        }
        return result
    }

    func saved(for needs: [Bool]) -> Saved { .input(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [nil, backward.gradient.indexSelect(axis: 0, index: backward.input(0).to(.int64))]
    }

    private struct NegativeElement: Error, CustomStringConvertible {
        let value: Int
        var description: String { "\(value) is negative" }
    }
}

extension Tensor {
    /// How often each number from 0 occurs among these integers, as int64, or the sums of their weights.
    ///
    /// - Parameters:
    ///   - weights: one for each element; sums are in their type, of integers in float64.
    ///   - minLength: at least as many counts; else one more than the largest element.
    /// - Precondition: an axis of non-negative integers.
    public func binCount(
        weights: Tensor? = nil, minLength: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if !dtype.isInteger || rank != 1 {
            fail("binCount", "takes an axis of integers, not \(dtype) of shape \(shape)", at: site)
        }
        if let weights, weights.shape != shape {
            fail("binCount", "weights of shape \(weights.shape) for elements of shape \(shape)", at: site)
        }
        var inputs = [self]
        if let weights { inputs.append(weights.dtype.isDifferentiable ? weights : weights.to(.float64)) }
        return Tensor.apply(BinCount(minLength: minLength, site: site), to: inputs, at: site)
    }
}

extension Operation {
    static let binCount = Operation(
        "binCount", dtypes: [.float32, .float64],
        [
            Sample("torch.bincount(y, minlength=7)", [Input([1]), Input([20], 0, 6, dtype: .int64)]) {
                $0[1].binCount(minLength: 7)
            },
            Sample(
                "torch.zeros(7, dtype=x.dtype).index_add(0, y, x)",
                [Input([20]), Input([20], 0, 6, dtype: .int64)]
            ) { $0[1].binCount(weights: $0[0], minLength: 7) },
        ])
}
