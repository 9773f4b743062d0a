import Apus
import ApusNN
import Foundation

extension ComputedStudy {
    /// How well N numbers remember a signal of 1,000 samples: the best that they could, and what HiPPO's LegS keeps while it sees a
    /// sample after the other (Gu et al. 2020).
    static let memory = ComputedStudy(
        name: "memory",
        about: "how well HiPPO's states of 16 to 64 numbers remember a signal of 1,000 samples"
    ) { _ in
        let signal = MemorySignal(samples: 1000)
        let rows = try [16, 32, 64].map { size in
            let errors =
                try [signal.leastSquaresError(size)]
                + MemorySignal.methods.map { signal.error(size, by: $0.method) }
            return ["\(size)"] + errors.map { String(format: "%.2e", $0) }
        }
        let plotted = [
            LinePlot.Series(name: "signal", points: signal.points(signal.values.array(of: Double.self))),
            LinePlot.Series(name: "N = 16", points: signal.points(signal.remembered(16, by: .zeroOrderHold))),
            LinePlot.Series(
                name: "N = 32, backward", points: signal.points(signal.remembered(32, by: .backward))),
        ]
        return Results(
            heading: "How well do N numbers remember a signal?\n"
                + "HiPPO-LegS, sin 6πx + ½ cos 14πx in 1,000 samples: mean squared error of what is read from the state",
            table: MarkdownTable(
                header: ["N", "least squares"] + MemorySignal.methods.map(\.name), rows: rows
            ).description,
            svg: LinePlot(title: "what HiPPO-LegS remembers", series: plotted, axis: "time").svg)
    }
}

/// A signal that is remembered, and how far from it the memory is.
private struct MemorySignal {
    static let methods: [(name: String, method: Discretization)] = [
        ("bilinear", .bilinear), ("exact", .zeroOrderHold), ("backward", .backward), ("forward", .forward),
    ]

    let times: [Double]
    let values: Tensor

    init(samples: Int) {
        times = (1...samples).map { (Double($0) - 0.5) / Double(samples) }
        values = Tensor(
            times.map { sin(6 * .pi * $0) + 0.5 * cos(14 * .pi * $0) }, shape: [samples], dtype: .float64)
    }

    /// What a state of this size says of each sample in the end.
    func remembered(_ size: Int, by method: Discretization) -> [Double] {
        let hippo = HiPPO(.legS, size: size)
        return hippo.reconstruction(hippo.coefficients(of: values, by: method), at: times).array(
            of: Double.self)
    }

    func error(_ size: Int, by method: Discretization) -> Double { error(remembered(size, by: method)) }

    /// Of the polynomial that is nearest to the samples.
    func leastSquaresError(_ size: Int) throws -> Double {
        let hippo = HiPPO(.legS, size: size)
        let basis = hippo.reconstruction(.eye(size, dtype: .float64), at: times).transpose()
        let q = try basis.qr().q
        return error(q.matmul(q.transpose().matmul(values.unsqueeze(-1))).flatten().array(of: Double.self))
    }

    func points(_ values: [Double]) -> [(x: Double, y: Double)] { zip(times, values).map { ($0, $1) } }

    private func error(_ found: [Double]) -> Double {
        let squares = zip(found, values.array(of: Double.self)).map { ($0 - $1) * ($0 - $1) }
        return squares.reduce(0, +) / Double(squares.count)
    }
}
