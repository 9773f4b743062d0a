import ApusKernelCalls

/// The positions of the input that each position of an interpolation is made of, as windows.
struct InterpolationSources: SpatialWindows {
    let mode: Interpolation
    /// The new spatial extents, and for each the scale that it was computed from, if the caller gave one.
    let extents: [Int]
    let scales: [Double?]
    let alignCorners: Bool

    func axisWindows(_ shape: Shape) -> [AxisWindows] {
        extents.indices.map {
            mode.windows(shape[$0 + 2], extents[$0], scale: scales[$0], alignCorners: alignCorners)
        }
    }

    func reach(_ shape: Shape) -> Reach {
        .windows(
            extents.indices.map { axis in
                // The windows follow a repeating pattern only where the scale is the ratio of the extents.
                let inputs = shape[axis + 2]
                let repeats = scales[axis].map { Double(inputs) * $0 == Double(extents[axis]) } ?? true
                return repeats ? mode.reach(inputs, extents[axis], alignCorners: alignCorners) : nil
            })
    }
}

extension Tensor {
    /// The images [batch, channels, one to three spatial axes] sampled anew on a grid of `size`; complex ones part by
    /// part, see also `interpolatePolar`.
    ///
    /// - Parameters:
    ///   - size: the new spatial extents.
    ///   - alignCorners: whether the corner positions' centres stay: src = dst·(in − 1)/(out − 1). Else the edges do:
    ///     src = (dst + ½)·in/out − ½, for linear modes not below 0. Without meaning for the nearest modes: ⌊dst·in/out⌋,
    ///     and ⌊(dst + ½)·in/out⌋ for `nearestExact`.
    public func interpolate(
        size: Extents, mode: Interpolation = .nearest, alignCorners: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axes = spatialAxes(mode, alignCorners, site)
        let extents = size.resolved(axes, minimum: 1, "interpolate", "size", at: site)
        return interpolated(
            InterpolationSources(
                mode: mode, extents: extents, scales: extents.map { _ in nil }, alignCorners: alignCorners),
            site)
    }

    /// The images with each spatial extent times `scale`, rounded down; see `interpolate(size:)`.
    ///
    /// The scale, not the ratio of the extents, tells where a position comes from: src = (dst + ½)/scale − ½, or
    /// ⌊dst/scale⌋ and ⌊(dst + ½)/scale⌋ for the nearest modes. The scale is ignored for an extent that stays the same,
    /// or that `nearest` doubles.
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
        return interpolated(
            InterpolationSources(mode: mode, extents: extents, scales: scales, alignCorners: alignCorners),
            site)
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

    private func interpolated(_ sources: InterpolationSources, _ site: CallSite) -> Tensor {
        let (x, _) = promoted(by: .average).withBatch(sources.extents.count, "interpolate", site)
        x.checkSize(sources.extents, "interpolate", site)
        return Tensor.apply(WeightedSums(name: "interpolate", windows: sources), to: [x], at: site)
    }
}

extension Interpolation {
    /// The windows along an axis: each holds the positions that one position of the result is interpolated from.
    fileprivate func windows(
        _ inputs: Int, _ outputs: Int, scale: Double?, alignCorners: Bool
    ) -> AxisWindows {
        var windows = AxisWindows(inputs: inputs)
        let last = inputs - 1
        for (first, share) in sources(inputs, outputs, scale, alignCorners) {
            switch self {
            case .nearest, .nearestExact: windows.add(min(first, last))
            case .linear, .bilinear, .trilinear:
                if first < 0 || first >= last {
                    windows.add(min(Swift.max(first, 0), last))
                } else {
                    windows.add(first, weight: 1 - share)
                    if share > 0 { windows.add(first + 1, weight: share) }
                }
            case .bicubic:
                for (i, weight) in Interpolation.cubicWeights(share).enumerated() {
                    windows.add(min(Swift.max(first - 1 + i, 0), last), weight: weight)
                }
            }
            windows.endWindow()
        }
        return windows
    }

    /// The source of each position: the position at or before it, and its share of the way to the next.
    private func sources(_ inputs: Int, _ outputs: Int, _ scale: Double?, _ alignCorners: Bool) -> [(
        first: Int, share: Double
    )] {
        if let scale, followsScale(inputs, outputs, scale, alignCorners) {
            return (0..<outputs).map {
                let source =
                    switch self {
                    case .nearest: Double($0) / scale
                    case .nearestExact: (Double($0) + 0.5) / scale
                    default: (Double($0) + 0.5) / scale - 0.5
                    }
                // The scale has a rounding error, and so has what is divided by it: a source that is almost whole
                // counts as whole.
                let whole = source.rounded()
                if abs(source - whole) <= 2 * whole.ulp { return (min(Int(whole), inputs), 0) }
                let first = source.rounded(.down)
                return (min(Int(first), inputs), source - first)
            }
        }
        switch self {
        case .nearest: return Interpolation.fractions(from: 0, by: inputs, over: outputs, outputs)
        case .nearestExact:
            return Interpolation.fractions(from: inputs, by: 2 * inputs, over: 2 * outputs, outputs)
        default:
            if alignCorners {
                return Interpolation.fractions(
                    from: 0, by: inputs - 1, over: Swift.max(outputs - 1, 1), outputs)
            }
            return Interpolation.fractions(
                from: inputs - outputs, by: 2 * inputs, over: 2 * outputs, outputs)
        }
    }

    /// Whether positions follow the scale, or the ratio of the extents: a scale that gives a whole extent is that
    /// ratio, but for its rounding error. As in PyTorch, it is ignored for an extent that stays the same, or that
    /// `nearest` doubles.
    private func followsScale(_ inputs: Int, _ outputs: Int, _ scale: Double, _ alignCorners: Bool) -> Bool {
        if abs(Double(inputs) * scale - Double(outputs)) <= 2 * Double(outputs).ulp { return false }
        switch self {
        case .nearest: return outputs != inputs && outputs != 2 * inputs
        case .nearestExact: return true
        case .linear, .bilinear, .trilinear: return !alignCorners && outputs != inputs
        case .bicubic: return !alignCorners
        }
    }

    /// The fractions (start + i·step) / divisor for i in 0 ..< count in integers: products of floating-point numbers
    /// would fall short of a whole position, or reach it, by their rounding errors.
    private static func fractions(from start: Int, by step: Int, over divisor: Int, _ count: Int) -> [(
        first: Int, share: Double
    )] {
        var first = start >= 0 ? start / divisor : -((divisor - 1 - start) / divisor)
        var rest = start - first * divisor
        let (whole, part) = step.quotientAndRemainder(dividingBy: divisor)
        return (0..<count).map { _ in
            defer {
                first += whole
                rest += part
                if rest >= divisor {
                    rest -= divisor
                    first += 1
                }
            }
            return (first, Double(rest) / Double(divisor))
        }
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
