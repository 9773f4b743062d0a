struct Histogram: SingleResult {
    let bins: Int
    let range: ClosedRange<Double>?
    var name: String { "histogram" }
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor {
        let elements = inputs[0].array(of: Double.self)
        let finite = elements.lazy.filter { $0.isFinite }
        var (low, high) = (range?.lowerBound ?? finite.min() ?? 0, range?.upperBound ?? finite.max() ?? 1)
        if low == high {
            // Half of what lies between, at least to the next number.
            let most = Double.greatestFiniteMagnitude
            low = Swift.max(-most, Swift.min(low - 0.5, low.nextDown))
            high = Swift.min(most, Swift.max(high + 0.5, high.nextUp))
        }
        // Halves, of which no difference overflows.
        let part = (high - low).isFinite ? 1 : 0.5
        let span = high * part - low * part
        var result = Tensor.zeros([bins], dtype: .int64)
        result.withUnsafeMutableBytes { bytes in
            let counts = bytes.bindMemory(to: Int.self)
            for element in elements where element >= low && element <= high {
                let bin = (element * part - low * part) / span * Double(bins)
                counts[Swift.min(Int(bin), bins - 1)] += 1
            }
        }
        return result
    }
}

extension Tensor {
    /// How many elements fall in each of `bins` equal intervals, as int64.
    ///
    /// - Parameter range: the outer edges, both included; elements outside and NaN are not counted. By
    ///   default the smallest and the largest element.
    public func histogram(
        bins: Int, range: ClosedRange<Double>? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        refuseOrderOfComplex("histogram", site)
        if bins < 1 {
            fail("histogram", "cannot sort elements into \(bins) bins", at: site)
        }
        Tensor.checkShape([bins], "histogram", site)
        if let range, !range.lowerBound.isFinite || !range.upperBound.isFinite {
            fail("histogram", "intervals of \(range) are not finite", at: site)
        }
        return Tensor.apply(Histogram(bins: bins, range: range), to: [self], at: site)
    }
}

extension Operation {
    static let histogram = Operation(
        "histogram", dtypes: [.float64], isDifferentiable: false,
        [
            Sample("torch.histc(x, 5, -1, 2).to(torch.int64)", [Input([40])]) {
                $0[0].histogram(bins: 5, range: -1...2)
            },
            Sample("torch.histc(x, 4).to(torch.int64)", [Input([40])]) { $0[0].histogram(bins: 4) },
        ])
}
