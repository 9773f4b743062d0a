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
        let elements = array(of: Double.self)
        let finite = elements.lazy.filter { $0.isFinite }
        var (low, high) = (range?.lowerBound ?? finite.min() ?? 0, range?.upperBound ?? finite.max() ?? 1)
        if low == high { (low, high) = (low - 0.5, high + 0.5) }
        var counts = [Int](repeating: 0, count: bins)
        let scale = Double(bins) / (high - low)
        for element in elements where element >= low && element <= high {
            counts[Swift.min(Int((element - low) * scale), bins - 1)] += 1
        }
        return Tensor(counts, shape: [bins])
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
