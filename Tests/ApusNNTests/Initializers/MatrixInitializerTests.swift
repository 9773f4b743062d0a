import Apus
import ApusNN
import Testing
import _ApusTestSupport

@Suite struct MatrixInitializerTests {
    static let variances: [(Initializer, Double)] = [
        (.heUniform(fan: .fanOut, for: .linear), 1.0 / 300),
        (.heNormal(fan: .average, for: .tanh), 25.0 / 9 / 450),
        (.heNormal(for: .leakyReLU(slope: 1)), 1.0 / 600), (.heNormal(for: .selu), 9.0 / 16 / 600),
        (.lecunUniform, 1.0 / 600), (.lecunNormal, 1.0 / 600), (.varianceScaling(), 1.0 / 600),
        (.varianceScaling(scale: 3, fan: .fanOut, distribution: .normal), 3.0 / 300),
        (.varianceScaling(scale: 2, fan: .average, distribution: .uniform), 2.0 / 450),
        (.xavierNormal(gain: 3), 9 * 2.0 / 900),
    ]

    @Test(arguments: variances)
    func variancesAreTheFormulas(_ initializer: Initializer, _ variance: Double) {
        let found = InitializerTests.moments(initializer([300, 600], using: RandomGenerator(seed: 3)))
        #expect((found.variance / variance - 1).magnitude < 0.02)
        #expect(found.mean.magnitude < 0.03 * variance.squareRoot())
    }

    /// PyTorch's calculate_gain.
    @Test func gains() {
        #expect(Initializer.Nonlinearity.linear.gain == 1 && Initializer.Nonlinearity.sigmoid.gain == 1)
        #expect(Initializer.Nonlinearity.tanh.gain == 5.0 / 3 && Initializer.Nonlinearity.selu.gain == 0.75)
        #expect(Initializer.Nonlinearity.relu.gain == 1.4142135623730951)
        #expect(Initializer.Nonlinearity.leakyReLU().gain == 1.4141428569978354)
        #expect(Initializer.Nonlinearity.leakyReLU(slope: 0.2).gain == 1.3867504905630728)
    }

    @Test(
        arguments: [[5, 5], [3, 8], [8, 3], [4, 2, 3, 3], [1, 1], [0, 4]] as [Shape], DType.realFloating)
    func orthogonalWeights(_ shape: Shape, _ dtype: DType) {
        let weights = Initializer.orthogonal(gain: 2)(shape, dtype: dtype, using: RandomGenerator(seed: 5))
        #expect(weights.shape == shape && weights.dtype == dtype)
        let matrix = weights.to(.float64).reshape(shape[0], shape.dropFirst().reduce(1, *))
        let (rows, columns) = (matrix.shape[0], matrix.shape[1])
        let products = rows < columns ? matrix.matmul(matrix.transpose()) : matrix.transpose().matmul(matrix)
        let tolerance = dtype == .float64 ? 1e-12 : dtype == .float32 ? 1e-5 : 0.1
        let problem = difference(
            products, Tensor.eye(min(rows, columns), dtype: .float64) * 4, relative: tolerance,
            absolute: tolerance)
        #expect(problem == nil, "\(problem ?? "")")
    }

    /// Half of the determinants are negative: no reflection is preferred.
    @Test func orthogonalWeightsAreUniform() throws {
        let generator = RandomGenerator(seed: 6)
        var (negative, first) = (0, 0.0)
        for _ in 0..<400 {
            let q = Initializer.orthogonal()([2, 2], dtype: .float64, using: generator)
            if try q.determinant().item(as: Double.self) < 0 { negative += 1 }
            first += q[0, 0].item(as: Double.self)
        }
        #expect(abs(negative - 200) < 50 && abs(first / 400) < 0.12)
        let unitary = Initializer.orthogonal()([3, 3], dtype: .complex128, using: generator)
        expectClose(unitary.matmul(unitary.transpose().conjugate()), .eye(3, dtype: .complex128))
    }

    @Test(arguments: [0, 0.1, 0.5, 0.95, 1])
    func sparseWeights(_ sparsity: Double) {
        let weights = Initializer.sparse(sparsity: sparsity, std: 0.5)(
            [60, 40], using: RandomGenerator(seed: 7))
        let zeros = (weights .== 0).to(.int64).sum(axis: 0).array(of: Int.self)
        #expect(zeros == [Int](repeating: Int((sparsity * 60).rounded(.up)), count: 40))
        if sparsity == 0 { #expect((InitializerTests.moments(weights).variance / 0.25 - 1).magnitude < 0.1) }
        if sparsity == 0.5 {
            #expect((weights .== 0).to(.int64).sum(axis: 1).unique().values.count > 3, "rows differ")
        }
    }

    /// What torch.nn.init.eye_ and dirac_ give.
    @Test func identities() {
        let eye = Initializer.identity([2, 3])
        #expect(eye.array(of: Float.self) == [1, 0, 0, 0, 1, 0])
        let dirac = Initializer.dirac()([3, 2, 3])
        #expect(dirac.array(of: Float.self) == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
        let grouped = Initializer.dirac(groups: 2)([4, 1, 2, 2], dtype: .float64)
        #expect(grouped.array(of: Float.self) == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
        let x = wave([2, 4, 5, 6])
        let passed = x.conv2d(Initializer.dirac(groups: 2)([4, 2, 3, 3]), padding: 1, groups: 2)
        expectClose(passed, x)
        #expect(Initializer.dirac()([3, 2, 0]).shape == [3, 2, 0])
    }

    @Test func theSameSeedGivesTheSame() {
        for initializer in [
            Initializer.orthogonal(), .sparse(sparsity: 0.3), .lecunNormal,
            .varianceScaling(distribution: .uniform),
        ] {
            let draws = [1, 1, 2].map {
                initializer([6, 5], using: RandomGenerator(seed: $0)).array(of: Float.self)
            }
            #expect(draws[0] == draws[1] && draws[0] != draws[2])
        }
    }

    @Test func mistakesSayWhatIsWrong() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let calls: [() -> Void] = [
                { _ = Initializer.orthogonal()([3]) },
                { _ = Initializer.orthogonal()([3, 3], dtype: .int64) },
                { _ = Initializer.sparse(sparsity: 0.1)([3, 3, 3]) },
                { _ = Initializer.sparse(sparsity: 2)([3, 3]) },
                { _ = Initializer.identity([3]) }, { _ = Initializer.dirac()([3, 3]) },
                { _ = Initializer.dirac(groups: 2)([3, 3, 3]) }, { _ = Initializer.lecunNormal([3]) },
                { _ = Initializer.varianceScaling(scale: 0)([3, 3]) },
            ]
            for outcome in Trials.run(calls.count, { calls[$0]() }) {
                if case .stopped(_, let message) = outcome { print(message) } else { print("\(outcome)") }
            }
        }
        let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        for words in [
            "orthogonal weights of shape [3]", "fractions, not int64", "sparse weights of shape [3, 3, 3]",
            "a sparsity of 2.0", "an identity of shape [3]", "Dirac weights of shape [3, 3]",
            "3 output channels do not make 2 groups", "a weight of shape [3] has no fan", "a scale of 0.0",
        ] {
            #expect(text.contains(words), "\(words) is missing in\n\(text)")
        }
    }
}
