struct LocalResponseNorm: SingleResult {
    /// How many channels each mean is taken over.
    let size: Int
    let alpha: Double
    let beta: Double
    let k: Double
    let site: CallSite?
    let name = "localResponseNorm"
    var types: TypeRule { .statistic }

    func value(of inputs: [Tensor]) -> Tensor { overLocalResponse(inputs[0]) }
    func saved(for needs: [Bool]) -> Saved { .inputs }

    func gradients(_ backward: Backward) -> [Tensor?] {
        Tensor.pullback(backward, inputs: [0]) { overLocalResponse($0[0]) }
    }

    private func overLocalResponse(_ x: Tensor) -> Tensor {
        let around = (before: size / 2, after: (size - 1) / 2)
        let amounts = [around] + [(before: Int, after: Int)](repeating: (0, 0), count: x.rank - 2)
        let squares = x.square().padded(amounts, name, site)
        let means = squares.unfold(axis: 1, size: size).mean(axis: -1)
        if x.dtype != .float64, !means.detach().isWithin(0...1e20) {
            // In double precision the squares of large numbers are finite, and the factors of their gradients not 0.
            return overLocalResponse(x.to(.float64)).to(x.dtype)
        }
        return x / (means * alpha + k) ** beta
    }

    func reach(inputs: [Shape], result: Shape) -> Reach {
        let channels = AxisReach.window(span: size, stride: 1, before: size / 2)
        return .windows([channels] + [AxisReach](repeating: .identity, count: result.count - 2))
    }
}

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
        // Windows need one more axis.
        let x = rank < Layout.maximumRank ? full : full.flatten(from: 2)
        let norm = LocalResponseNorm(size: size, alpha: alpha, beta: beta, k: k, site: site)
        return Tensor.apply(norm, to: [x], at: site).reshape(shape)
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
