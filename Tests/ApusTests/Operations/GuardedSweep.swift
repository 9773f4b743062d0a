import Apus
import Foundation

/// Random calls of what computes in libraries, for a program whose buffers have guard bytes: each in one type is
/// compared with float64's (complex128's) result, which goes another way.
struct GuardedSweep {
    private var state: UInt64
    private var problems: [String] = []

    /// Runs random calls of each kind; stops the program where a result is wrong.
    ///
    /// - Parameter instructions: the instruction set that oneDNN is to take this processor's for.
    static func run(_ instructions: String, seed: UInt64, count: Int) {
        prepare(instructions)
        var sweep = GuardedSweep(state: seed)
        for round in 0..<count {
            sweep.convolution()
            sweep.pooling()
            sweep.product()
            if round % 5 == 0 { sweep.factorization() }
        }
        sweep.finish()
    }

    /// 1×1 convolutions, and transposed ones, with a stride, of few channels.
    static func runStridedPointwise(_ instructions: String) {
        prepare(instructions)
        var sweep = GuardedSweep(state: 1)
        for channels in 1...9 {
            for stride in 2...3 {
                for extents in [[14, 15], [12, 6]] {
                    let step = Extents(stride)
                    sweep.compare(
                        "\(channels) channels of \(extents), stride \(stride)",
                        [[5, channels] + extents, [3, channels, 1, 1]]
                    ) { $0[0].conv2d($0[1], stride: step) }
                    sweep.compare(
                        "\(channels) channels from \(extents), stride \(stride)",
                        [[5, 3] + extents, [3, channels, 1, 1]]
                    ) { $0[0].convTranspose2d($0[1], stride: step, outputPadding: Extents(stride - 1)) }
                }
            }
        }
        sweep.finish()
    }

    private static func prepare(_ instructions: String) {
        // Both are read when they are needed for the first time.
        setenv("ONEDNN_MAX_CPU_ISA", instructions, 1)
        setenv("APUS_MEMORY_GUARD", "1", 1)
        precondition(Memory.checkGuards(), "there are no guards")
    }

    private func finish() {
        Memory.checkGuards()
        if !problems.isEmpty {
            fatalError("\(problems.count) wrong results:\n\(problems.joined(separator: "\n"))")
        }
    }

    private init(state: UInt64) { self.state = state }

    // MARK: Calls

    /// All sizes matter: whole vectors of channels, a channel or two, extents that strides divide and do not.
    private mutating func convolution() {
        let axes = number(1...3)
        let transposed = chance(3)
        let groups = chance(3) ? number(1...6) : 1
        let (inputs, outputs) = (groups * number(1...40 / groups), groups * number(1...40 / groups))
        let most = [0, 14, 8, 4][axes]
        let pointwise = chance(3)
        var (kernel, stride, dilation, padding, extents, extra) = (
            [Int](), [Int](), [Int](), [Int](), [Int](), [Int]()
        )
        for _ in 0..<axes {
            let size = pointwise ? 1 : number(1...4)
            let step = number(1...3)
            let gap = number(1...2)
            let span = gap * (size - 1) + 1
            let pad = pointwise && chance(2) ? 0 : number(0...span - 1)
            let windows = number(1...most)
            // Of the input's positions after the last window up to a stride are left over.
            let rest = chance(2) ? step - 1 : number(0...step - 1)
            kernel.append(size)
            stride.append(step)
            dilation.append(gap)
            padding.append(pad)
            extents.append(transposed ? windows : max(1, step * (windows - 1) + span - 2 * pad + rest))
            extra.append(transposed && rest < max(step, gap) ? rest : 0)
        }
        if transposed {
            for i in 0..<axes
            where stride[i] * (extents[i] - 1) + dilation[i] * (kernel[i] - 1) + 1 - 2 * padding[i] + extra[i]
                < 1
            {
                padding[i] = 0
            }
        }
        let shape = [number(1...5), inputs] + extents
        let weights = (transposed ? [inputs, outputs / groups] : [outputs, inputs / groups]) + kernel
        let bias = chance(2) ? [[outputs]] : []
        let (s, d, p, e) = (Extents(stride), Extents(dilation), Extents(padding), Extents(extra))
        let name =
            "convolution \(shape) with \(weights), transposed \(transposed), stride \(stride), padding \(padding), "
            + "dilation \(dilation), groups \(groups), extra \(extra)"
        compare(name, [shape, weights] + bias) { x in
            let b = x.count > 2 ? x[2] : nil
            switch (axes, transposed) {
            case (1, false):
                return x[0].conv1d(
                    x[1], bias: b, stride: s, padding: .symmetric(p), dilation: d, groups: groups)
            case (2, false):
                return x[0].conv2d(
                    x[1], bias: b, stride: s, padding: .symmetric(p), dilation: d, groups: groups)
            case (3, false):
                return x[0].conv3d(
                    x[1], bias: b, stride: s, padding: .symmetric(p), dilation: d, groups: groups)
            case (1, true):
                return x[0].convTranspose1d(
                    x[1], bias: b, stride: s, padding: p, outputPadding: e, dilation: d, groups: groups)
            case (2, true):
                return x[0].convTranspose2d(
                    x[1], bias: b, stride: s, padding: p, outputPadding: e, dilation: d, groups: groups)
            default:
                return x[0].convTranspose3d(
                    x[1], bias: b, stride: s, padding: p, outputPadding: e, dilation: d, groups: groups)
            }
        }
    }

    private mutating func pooling() {
        let axes = number(1...3)
        let most = [0, 20, 12, 6][axes]
        let (size, stride) = ((0..<axes).map { _ in number(1...4) }, (0..<axes).map { _ in number(1...3) })
        let padding = size.map { number(0...$0 / 2) }
        let shape = [number(1...3), number(1...40)] + size.map { $0 + number(0...most) }
        let (k, s, p) = (Extents(size), Extents(stride), Extents(padding))
        let isMax = chance(2)
        let name =
            "\(isMax ? "max" : "average") pooling of \(shape), \(size) by \(stride), padding \(padding)"
        compare(name, [shape], isMax ? [.float32, .bfloat16, .float16] : Self.types) { x in
            switch (axes, isMax) {
            case (1, true): x[0].maxPool1d(k, stride: s, padding: p)
            case (2, true): x[0].maxPool2d(k, stride: s, padding: p)
            case (3, true): x[0].maxPool3d(k, stride: s, padding: p)
            case (1, false): x[0].avgPool1d(k, stride: s, padding: p)
            case (2, false): x[0].avgPool2d(k, stride: s, padding: p)
            default: x[0].avgPool3d(k, stride: s, padding: p)
            }
        }
    }

    private mutating func product() {
        let (m, n, k) = (number(1...70), number(1...70), number(1...70))
        let batch = chance(2) ? [number(1...3)] : []
        let (isTransposed, other) = (chance(2), chance(2))
        let a = batch + (isTransposed ? [k, m] : [m, k])
        let b = batch + (other ? [n, k] : [k, n])
        compare("product of \(a) and \(b)", [a, b]) {
            (isTransposed ? $0[0].transpose() : $0[0]).matmul(other ? $0[1].transpose() : $0[1])
        }
        compare("linear \(m), \(n), \(k)", [[m, k], [n, k], [n]]) {
            $0[0].linear($0[1], bias: $0[2])
        }
    }

    /// Of factorisations the products, which are unique. Their gradients use the same code.
    private mutating func factorization() {
        let (m, n) = (number(1...20), number(1...20))
        let types: [DType] = [.float32, .complex64]
        compare("singular values of \(m) × \(n)", [[2, m, n]], types, gradients: false) { x in
            let (u, s, vh) = try! x[0].svd()
            return (u * s.unsqueeze(-2)).matmul(vh)
        }
        compare("q · r of \(m) × \(n)", [[2, m, n]], types, gradients: false) { x in
            let (q, r) = try! x[0].qr(complete: true)
            return q.matmul(r)
        }
        compare("factorisations of \(n) × \(n)", [[2, n, n], [2, n, m]], types, gradients: false) { x in
            let a = x[0].matmul(x[0].adjoint()) + 30 * Tensor.eye(n, dtype: x[0].dtype)
            let l = try! a.cholesky()
            let (w, v) = try! a.eigh()
            let parts = [try! a.inverse(), l, (v * w.unsqueeze(-2)).matmul(v.adjoint()) / 100]
            return Tensor.cat(parts + [try! a.solve(x[1]), l.triangularSolve(x[1], upper: false)], axis: -1)
        }
    }

    // MARK: Comparing

    private static let types: [DType] = [.float32, .complex64, .bfloat16, .float16]

    /// Compares the result and all gradients in one of the types with those in double precision.
    private mutating func compare(
        _ name: String, _ shapes: [Shape], _ types: [DType] = types, gradients: Bool = true,
        _ call: ([Tensor]) -> Tensor
    ) {
        let dtype = types[number(0...types.count - 1)]
        FileHandle.standardError.write(Data("\(dtype) \(name)\n".utf8))
        let inputs = shapes.map { random($0, dtype) }
        let exact = inputs.map { $0.to(dtype.isComplex ? .complex128 : .float64) }
        let seed = number(1...1 << 30)
        let (found, wanted) = (
            results(inputs, gradients, seed, call), results(exact, gradients, seed, call)
        )
        for (part, (found, wanted)) in zip(found, wanted).enumerated() {
            if wanted.count == 0 { continue }
            let largest = wanted.abs().max().item(as: Double.self)
            let error = (found.to(wanted.dtype) - wanted).abs().max().item(as: Double.self)
            let allowed = dtype == .bfloat16 ? 2e-2 : dtype == .float16 ? 3e-3 : 2e-5
            if found.shape != wanted.shape || !(error <= allowed * max(largest, 1)) {
                problems.append("\(dtype) \(name), part \(part): \(error) of \(largest)")
            }
        }
    }

    private func results(
        _ inputs: [Tensor], _ gradients: Bool, _ seed: Int, _ call: ([Tensor]) -> Tensor
    ) -> [Tensor] {
        if !gradients { return [call(inputs)] }
        let inputs = inputs.map { $0.requiringGradient() }
        let y = call(inputs)
        var other = GuardedSweep(state: UInt64(seed))
        y.backward(other.random(y.shape, .bfloat16).to(y.dtype))
        return [y.detach()] + inputs.map { $0.grad! }
    }

    // MARK: Random numbers

    /// Numbers that every type holds.
    private mutating func random(_ shape: Shape, _ dtype: DType) -> Tensor {
        let generator = RandomGenerator(seed: next())
        let coarse = Tensor.uniform(
            shape, low: -1, high: 1, dtype: dtype.isComplex ? .complex64 : .float32, using: generator)
        return dtype.isComplex ? coarse.to(dtype) : coarse.to(.float16).to(.bfloat16).to(dtype)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// True once in so many times.
    private mutating func chance(_ times: Int) -> Bool { number(1...times) == 1 }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
