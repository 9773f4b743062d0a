extension Tensor {
    /// Complex images sampled anew on a grid of `size`, the modulus and the angle each for itself; see
    /// `interpolate(size:)`, which does so with the parts.
    ///
    /// Angles are those of -π...π: between two that lie close to either end the interpolated one is not between them.
    public func interpolatePolar(
        size: Extents, mode: Interpolation = .nearest, alignCorners: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        polarly(CallSite(file: file, line: line)) {
            $0.interpolate(size: size, mode: mode, alignCorners: alignCorners, file: file, line: line)
        }
    }

    /// Complex images with each spatial extent times its scale, the modulus and the angle each for itself.
    public func interpolatePolar(
        scales: [Double], mode: Interpolation = .nearest, alignCorners: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        polarly(CallSite(file: file, line: line)) {
            $0.interpolate(scales: scales, mode: mode, alignCorners: alignCorners, file: file, line: line)
        }
    }

    private func polarly(_ site: CallSite, _ interpolate: (Tensor) -> Tensor) -> Tensor {
        requireComplex("interpolatePolar", insteadCall: "interpolate", site)
        return Tensor.polar(abs: interpolate(abs()), angle: interpolate(angle()))
    }
}

extension Operation {
    static let interpolatePolar = Operation(
        "interpolatePolar", dtypes: [.complex64, .complex128],
        [
            Sample(
                "torch.polar(F.interpolate(x.abs(), 7), F.interpolate(x.angle(), 7))", [Input([2, 3, 5])]
            ) { $0[0].interpolatePolar(size: 7) },
            Sample(
                "torch.polar(*(F.interpolate(v, scale_factor=2, mode='bilinear') for v in (x.abs(), x.angle())))",
                [Input([1, 2, 3, 4])]
            ) { $0[0].interpolatePolar(scales: [2], mode: .bilinear) },
        ])
}
