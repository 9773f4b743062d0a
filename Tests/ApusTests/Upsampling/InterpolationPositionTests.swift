import Apus
import Testing

/// Where interpolation takes its positions from, against fractions.
@Suite struct InterpolationPositionTests {
    /// Each position's number, resampled: where it came from.
    static func sources(_ inputs: Int, _ outputs: Int, _ mode: Interpolation) -> [Double] {
        Tensor.arange(inputs).to(.float64).reshape([1, 1, inputs]).interpolate(
            size: Extents(outputs), mode: mode
        )
        .array(of: Double.self)
    }

    /// ⌊o·in / out⌋ and ⌊(2o + 1)·in / (2·out)⌋.
    @Test(arguments: [1, 2, 3, 5, 7, 20, 29, 41, 64, 93, 127, 160, 199, 200])
    func nearestPositionsAreExact(_ inputs: Int) {
        for outputs in 1...200 {
            let nearest = (0..<outputs).map { Double($0 * inputs / outputs) }
            let exact = (0..<outputs).map { Double((2 * $0 + 1) * inputs / (2 * outputs)) }
            #expect(Self.sources(inputs, outputs, .nearest) == nearest, "\(inputs) to \(outputs)")
            #expect(Self.sources(inputs, outputs, .nearestExact) == exact, "\(inputs) to \(outputs)")
        }
    }

    /// Of straight lines the values of positions are the sources: (2o + 1)·in / (2·out) − ½ between the ends.
    @Test func linearPositionsAreFractions() {
        for inputs in [1, 2, 3, 7, 20, 49, 100] {
            for outputs in [1, 2, 3, 5, 7, 21, 41, 100, 147] {
                let wanted = (0..<outputs).map { (o: Int) -> Double in
                    let source = Double((2 * o + 1) * inputs - outputs) / Double(2 * outputs)
                    return min(max(source, 0), Double(inputs - 1))
                }
                for (found, wanted) in zip(Self.sources(inputs, outputs, .linear), wanted) {
                    #expect(abs(found - wanted) <= 1e-13 * Double(inputs), "\(inputs) to \(outputs)")
                }
            }
        }
    }

    /// A whole position is that position alone: the infinity beside it does not matter.
    @Test func wholePositionsHaveOneTap() {
        for (inputs, outputs) in [(3, 9), (5, 15), (7, 49), (49, 7), (9, 3), (11, 121)] {
            var x = Tensor.zeros([1, 1, inputs], dtype: .float64)
            for at in 0..<inputs where at % 2 == 1 { x[0, 0, at] = Tensor(Double.infinity, dtype: .float64) }
            let y = x.interpolate(size: Extents(outputs), mode: .linear).array(of: Double.self)
            for o in 0..<outputs where ((2 * o + 1) * inputs - outputs) % (2 * outputs) == 0 {
                let source = ((2 * o + 1) * inputs - outputs) / (2 * outputs)
                if source >= 0 {
                    #expect(y[o] == (source % 2 == 1 ? .infinity : 0), "\(inputs) to \(outputs) at \(o)")
                }
            }
        }
    }

    /// A scale that leads to a whole extent is the ratio of the extents; one that does not is followed.
    @Test func scalesAreRatiosWhereTheyLeadToWholeExtents() {
        for inputs in [2, 3, 10, 20, 30, 50] {
            for scale in [0.1, 0.3, 0.5, 0.7, 1.1, 1.3, 1.5, 2, 2.1, 2.2, 2.3, 3, 4.7, 20.5] {
                let outputs = Int((Double(inputs) * scale).rounded(.down))
                if outputs < 1 { continue }
                let x = Tensor.arange(inputs).to(.float64).reshape([1, 1, inputs])
                let tenths = Int((scale * 10).rounded())
                for mode in [Interpolation.nearest, .nearestExact] {
                    let isRatio = mode == .nearest && (outputs == inputs || outputs == 2 * inputs)
                    let half = mode == .nearest ? 0 : 10
                    // The decimal fraction that was meant: (o + ½) / scale = (20·o + 10) / (2·tenths).
                    let wanted = (0..<outputs).map { (o: Int) -> Int in
                        if isRatio { return o * inputs / outputs }
                        return min((20 * o + half) / (2 * tenths), inputs - 1)
                    }
                    let found = x.interpolate(scale: scale, mode: mode).array(of: Int.self)
                    #expect(found == wanted, "\(mode), \(inputs) by \(scale)")
                }
            }
        }
    }

    /// Planes and volumes take each axis as a line does, and gradients go back the same way.
    @Test(arguments: [Interpolation.nearest, .nearestExact])
    func axesAreIndependentAndGradientsGoBack(_ mode: Interpolation) {
        func source(_ o: Int, _ inputs: Int, _ outputs: Int) -> Int {
            mode == .nearest ? o * inputs / outputs : (2 * o + 1) * inputs / (2 * outputs)
        }
        let (from, to) = ([2, 7, 20], [41, 29, 37])
        for axes in 1...3 {
            let x = Tensor.arange(from.prefix(axes).reduce(1, *)).to(.float64).reshape(
                [1, 1] + from.prefix(axes)
            )
            .requiringGradient()
            let y = x.interpolate(size: Extents(Array(to.prefix(axes))), mode: mode)
            var wanted = [0]
            for axis in 0..<axes {
                wanted = wanted.flatMap { outer in
                    (0..<to[axis]).map { outer * from[axis] + source($0, from[axis], to[axis]) }
                }
            }
            #expect(y.array(of: Int.self) == wanted)
            y.sum().backward()
            var counts = [Int](repeating: 0, count: x.count)
            for position in wanted { counts[position] += 1 }
            #expect(x.grad!.array(of: Int.self) == counts)
        }
    }
}
