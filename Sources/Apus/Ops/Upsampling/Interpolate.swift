import ApusKernels

/// How values between and beyond the positions of an image are made.
public enum Interpolation: Sendable {
    /// The position at or before; the one whose area holds the centre.
    case nearest, nearestExact
    /// Straight lines along one, two or three spatial axes.
    case linear, bilinear, trilinear
    /// Cubic convolution with a = −0.75 along two axes (Keys 1981); it may overshoot.
    case bicubic
}

extension Tensor {
    /// The images [batch, channels, one to three spatial axes] sampled anew on a grid of `size`; complex ones part by
    /// part, see also `interpolatePolar`.
    ///
    /// - Parameters:
    ///   - size: the new spatial extents.
    ///   - alignCorners: whether the corner positions' centres stay: src = dst·(in − 1)/(out − 1). Else the edges do:
    ///     src = (dst + ½)·in/out − ½, for linear modes not below 0. Without meaning for the nearest modes.
    public func interpolate(
        size: Extents, mode: Interpolation = .nearest, alignCorners: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axes = spatialAxes(mode, alignCorners, site)
        let extents = size.resolved(axes, minimum: 1, "interpolate", "size", at: site)
        return interpolated(extents, axes, [Double?](repeating: nil, count: axes), mode, alignCorners, site)
    }

    /// The images with each spatial extent times `scale`, rounded down; see `interpolate(size:)`.
    ///
    /// The scale, not the ratio of the extents, tells where a position comes from: src = (dst + ½)/scale − ½.
    public func interpolate(
        scale: Double, mode: Interpolation = .nearest, alignCorners: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        interpolate(scales: [scale], mode: mode, alignCorners: alignCorners, file: file, line: line)
    }

    /// The images with each spatial extent times its scale; see `interpolate(scale:)`.
    public func interpolate(
        scales: [Double], mode: Interpolation = .nearest, alignCorners: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axes = spatialAxes(mode, alignCorners, site)
        if scales.count != 1 && scales.count != axes {
            fail("interpolate", "scales \(scales) for \(axes) spatial axes of shape \(shape)", at: site)
        }
        let scales = scales.count == axes ? scales : [Double](repeating: scales[0], count: axes)
        let extents = zip(shape[2...], scales).map { extent, scale -> Int in
            let extent = (Double(extent) * scale).rounded(.down)
            if !(scale > 0) || !(extent >= 1) || extent >= 0x1p62 {
                fail("interpolate", "scales \(scales) of the spatial axes of shape \(shape)", at: site)
            }
            return Int(extent)
        }
        return interpolated(extents, axes, scales, mode, alignCorners, site)
    }

    private func spatialAxes(_ mode: Interpolation, _ alignCorners: Bool, _ site: CallSite) -> Int {
        let axes = rank - 2
        let fits =
            switch mode {
            case .nearest, .nearestExact: (1...3).contains(axes)
            case .linear: axes == 1
            case .bilinear, .bicubic: axes == 2
            case .trilinear: axes == 3
            }
        if !fits || shape.dropFirst(2).contains(0) {
            fail(
                "interpolate",
                "\(mode) interpolation of shape \(shape): [batch, channels, spatial axes], of which linear takes one, "
                    + "bilinear and bicubic two, trilinear three, nearest any", at: site)
        }
        return axes
    }

    private func interpolated(
        _ extents: [Int], _ axes: Int, _ scales: [Double?], _ mode: Interpolation, _ alignCorners: Bool,
        _ site: CallSite
    ) -> Tensor {
        let (x, _) = floatingOrComplex().withBatch(axes, "interpolate", site)
        x.checkSize(extents, "interpolate", site)
        let taps = (0..<axes).map {
            mode.taps(x.shape[$0 + 2], extents[$0], scale: scales[$0], alignCorners: alignCorners)
        }
        let result = x.weighed(taps, "interpolate")
        result.node?.reach = { [shape = x.shape] in
            .windows(
                extents.indices.map { mode.reach(shape[$0 + 2], extents[$0], alignCorners: alignCorners) })
        }
        return result
    }
}

extension Interpolation {
    /// Where the positions of one axis come from.
    fileprivate func taps(_ inputs: Int, _ outputs: Int, scale: Double?, alignCorners: Bool) -> AxisTaps {
        var taps = AxisTaps(inputs: inputs)
        let last = inputs - 1
        for output in 0..<outputs {
            switch self {
            case .nearest, .nearestExact:
                // In single precision as in PyTorch: which of two positions is nearest may hang on it.
                let step = scale.map { Float(1 / $0) } ?? Float(inputs) / Float(outputs)
                let place = self == .nearest ? Float(output) : Float(output) + 0.5
                taps.add(min(Int((place * step).rounded(.down)), last))
            case .linear, .bilinear, .trilinear:
                if inputs == outputs {
                    taps.add(output)
                    break
                }
                let source = Swift.max(
                    Interpolation.source(output, inputs, outputs, scale, alignCorners), 0)
                let first = min(Int(source), last)
                let share = min(Swift.max(source - Double(first), 0), 1)
                taps.add(first, weight: 1 - share)
                if share > 0 { taps.add(min(first + 1, last), weight: share) }
            case .bicubic:
                let source = Interpolation.source(output, inputs, outputs, scale, alignCorners)
                let first = min(Int(source.rounded(.down)), last)
                let share = min(Swift.max(source - Double(first), 0), 1)
                for (i, weight) in Interpolation.cubicWeights(share).enumerated() {
                    taps.add(min(Swift.max(first - 1 + i, 0), last), weight: weight)
                }
            }
            taps.endResult()
        }
        return taps
    }

    private static func source(
        _ output: Int, _ inputs: Int, _ outputs: Int, _ scale: Double?, _ alignCorners: Bool
    ) -> Double {
        if alignCorners {
            return outputs > 1 ? Double(output) * (Double(inputs - 1) / Double(outputs - 1)) : 0
        }
        return (Double(output) + 0.5) * (scale.map { 1 / $0 } ?? Double(inputs) / Double(outputs)) - 0.5
    }

    /// The weights of the four positions around a point `t` past the second.
    private static func cubicWeights(_ t: Double) -> [Double] {
        let a = -0.75
        func near(_ x: Double) -> Double { ((a + 2) * x - (a + 3)) * x * x + 1 }
        func far(_ x: Double) -> Double { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return [far(t + 1), near(t), near(1 - t), far(2 - t)]
    }
}

extension Operation {
    static let interpolate = Operation(
        "interpolate",
        [
            Sample("F.interpolate(x, 7)", [Input([2, 3, 5])]) { $0[0].interpolate(size: 7) },
            Sample("F.interpolate(x, scale_factor=2)", [Input([2, 9, 3, 4])]) { $0[0].interpolate(scale: 2) },
            Sample("F.interpolate(x, scale_factor=(0.7, 2.3))", [Input([1, 2, 5, 4])]) {
                $0[0].interpolate(scales: [0.7, 2.3])
            },
            Sample("F.interpolate(x, (3, 5, 2))", [Input([1, 2, 2, 3, 4])]) {
                $0[0].interpolate(size: [3, 5, 2])
            },
            Sample("F.interpolate(x, (3, 7), mode='nearest-exact')", [Input([1, 3, 5, 4])]) {
                $0[0].interpolate(size: [3, 7], mode: .nearestExact)
            },
            Sample("F.interpolate(x, 7, mode='linear')", [Input([2, 3, 4])]) {
                $0[0].interpolate(size: 7, mode: .linear)
            },
            Sample("F.interpolate(x, 3, mode='linear', align_corners=True)", [Input([2, 3, 8])]) {
                $0[0].interpolate(size: 3, mode: .linear, alignCorners: true)
            },
            Sample("F.interpolate(x, scale_factor=2, mode='bilinear')", [Input([2, 17, 3, 4])]) {
                $0[0].interpolate(scale: 2, mode: .bilinear)
            },
            Sample(
                "F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=True)",
                [Input([1, 3, 3, 4])]
            ) {
                $0[0].interpolate(scale: 2, mode: .bilinear, alignCorners: true)
            },
            Sample("F.interpolate(x, scale_factor=(1.3, 0.6), mode='bilinear')", [Input([1, 2, 5, 7])]) {
                $0[0].interpolate(scales: [1.3, 0.6], mode: .bilinear)
            },
            Sample("F.interpolate(x, (1, 3), mode='bilinear', align_corners=True)", [Input([1, 2, 4, 3])]) {
                $0[0].interpolate(size: [1, 3], mode: .bilinear, alignCorners: true)
            },
            Sample("F.interpolate(x, (7, 3), mode='bicubic')", [Input([2, 3, 4, 5])]) {
                $0[0].interpolate(size: [7, 3], mode: .bicubic)
            },
            Sample(
                "F.interpolate(x, scale_factor=2.5, mode='bicubic', align_corners=True)",
                [Input([1, 2, 3, 3])]
            ) {
                $0[0].interpolate(scale: 2.5, mode: .bicubic, alignCorners: true)
            },
            Sample("F.interpolate(x, scale_factor=1.7, mode='bicubic')", [Input([1, 2, 3, 4])]) {
                $0[0].interpolate(scale: 1.7, mode: .bicubic)
            },
            Sample("F.interpolate(x, (3, 4, 5), mode='trilinear')", [Input([1, 2, 2, 3, 3])]) {
                $0[0].interpolate(size: [3, 4, 5], mode: .trilinear)
            },
            Sample(
                "F.interpolate(x, scale_factor=1.5, mode='trilinear', align_corners=True)",
                [Input([1, 2, 2, 3, 4])]
            ) {
                $0[0].interpolate(scale: 1.5, mode: .trilinear, alignCorners: true)
            },
        ])
}
