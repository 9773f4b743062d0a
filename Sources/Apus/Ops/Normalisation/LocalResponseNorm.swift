extension Tensor {
    /// Local response normalisation of [N, C, …]: x / (k + α · mean)^β, the mean being that of the squares
    /// of `size` channels around, with zeros beyond the first and last.
    ///
    /// Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural
    /// networks", 2012, section 3.3. Integers give float32.
    public func localResponseNorm(
        size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let full = realFloating("localResponseNorm", site)
        if rank < 3 {
            fail("localResponseNorm", "takes [batch, channels, spatial axes…], not shape \(shape)", at: site)
        }
        if size < 1 { fail("localResponseNorm", "\(size) channels have no mean", at: site) }
        if full.count == 0 { return full }
        // Windows are an axis more.
        let x = rank < Layout.maximumRank ? full : full.flatten(from: 2)
        return x.overLocalResponse(size, alpha, beta, k, site).reshape(shape)
    }

    private func overLocalResponse(
        _ size: Int, _ alpha: Double, _ beta: Double, _ k: Double, _ site: CallSite
    ) -> Tensor {
        let amounts = [(size / 2, (size - 1) / 2)] + [(Int, Int)](repeating: (0, 0), count: rank - 2)
        let squares = square().padded(amounts.map { (before: $0.0, after: $0.1) }, "localResponseNorm", site)
        let means = squares.unfold(axis: 1, size: size).mean(axis: -1)
        if dtype != .float64, !means.detach().isWithin(0...1e20) {
            // In double precision the squares of large numbers are finite, and the factors of their gradients not 0.
            return to(.float64).overLocalResponse(size, alpha, beta, k, site).to(dtype)
        }
        return self / (means * alpha + k) ** beta
    }
}

extension Operation {
    static let localResponseNorm = Operation(
        "localResponseNorm", dtypes: DType.realFloating,
        [
            Sample("F.local_response_norm(x, 3, 0.5, 0.6, 2.0)", [Input([2, 5, 3])]) {
                $0[0].localResponseNorm(size: 3, alpha: 0.5, beta: 0.6, k: 2)
            },
            Sample("F.local_response_norm(x, 2, 1.5)", [Input([2, 4, 3, 2])]) {
                $0[0].localResponseNorm(size: 2, alpha: 1.5)
            },
        ])
}
