import Apus
import Testing

/// What complex numbers cannot do stops the program with the operation's name, the reason, and what to call instead.
@Suite struct ComplexRefusalTests {
    struct Refusal: Sendable {
        let words: [String]
        let call: @Sendable (Tensor) -> Void

        /// Compares or orders.
        init(_ operation: String, _ call: @escaping @Sendable (Tensor) -> Tensor) {
            self.init(
                [
                    "\(operation): is defined for real numbers only (complex ones have no order), not for complex",
                    "on .abs()",
                ], call)
        }

        init(_ words: [String], _ call: @escaping @Sendable (Tensor) -> Tensor) {
            self.words = words
            self.call = { _ = call($0) }
        }

        /// Is an operation of real numbers for another reason.
        static func real(_ operation: String, _ call: @escaping @Sendable (Tensor) -> Tensor) -> Refusal {
            Refusal(
                ["\(operation): is defined for real numbers only, not for complex", ".real and .imaginary"],
                call)
        }
    }

    static let refusals: [Refusal] = [
        Refusal("greater") { $0 .> 0 }, Refusal("greater") { $0 .> $0 }, Refusal("less") { $0 .< $0.real },
        Refusal("greaterEqual") { $0.real .>= $0 }, Refusal("lessEqual") { $0 .<= 1 },
        Refusal("maximum") { $0.maximum($0) }, Refusal("minimum") { $0.minimum(0) },
        Refusal("clamp") { $0.clamp(min: 0) }, Refusal("max") { $0.max() },
        Refusal("max") { $0.max(axes: [0]) },
        Refusal("max") { $0.max(axis: 0).values }, Refusal("min") { $0.min() },
        Refusal("min") { $0.min(axis: 1).values }, Refusal("argmax") { $0.argmax(axis: 0) },
        Refusal("argmin") { $0.argmin() }, Refusal("sort") { $0.sort(axis: 0).values },
        Refusal("sort") { $0.argsort() }, Refusal("topK") { $0.topK(1).values },
        Refusal("unique") { $0.unique().values }, Refusal("histogram") { $0.histogram(bins: 3) },
        Refusal("searchSorted") { $0[0].real.searchSorted($0) },
        Refusal("cumulativeMax") { $0.cumulativeMax(axis: 0).values },
        Refusal("cumulativeMin") { $0.cumulativeMin(axis: 0).values }, Refusal("relu") { $0.relu() },
        Refusal(["crelu()"]) { $0.relu() }, Refusal("relu6") { $0.relu6() },
        Refusal("leakyReLU") { $0.leakyReLU() }, Refusal("floor") { $0.floor() },
        Refusal("round") { $0.round() },
        Refusal("remainder") { $0 % 2 }, Refusal("maxPool1d") { $0.maxPool1d(1) },
        Refusal(["complexMaxPool1d, 2d or 3d"]) { $0.unsqueeze(0).maxPool2d(1) },
        Refusal("adaptiveMaxPool1d") { $0.adaptiveMaxPool1d(1) },
        Refusal(["median: ", "(complex ones have no order)", "on .abs()"]) { $0.median() },
        .real("softmax") { $0.softmax(axis: 0) },
        .real("logSoftmax") { $0.logSoftmax(axis: 0) },
        .real("softmaxCrossEntropy") { $0.softmaxCrossEntropy(Tensor([0, 1], shape: [2])) },
        Refusal(["batchNorm: is defined for real", "call complexBatchNorm, or"]) { $0.batchNorm() },
        .real("nllLoss") { $0.nllLoss(Tensor([0, 1], shape: [2])) }, .real("mseLoss") { $0.mseLoss($0) },
        Refusal(["mseLoss: a complex64 target for real numbers"]) { $0.real.mseLoss($0) },
        Refusal(["softmaxCrossEntropy: a complex64 target for real"]) { $0.real.softmaxCrossEntropy($0) },
        .real("layerNorm") { $0.layerNorm() }, .real("groupNorm") { $0.groupNorm(groups: 1) },
        Refusal(["crelu: takes complex numbers, not float32: call relu()"]) { $0.real.crelu() },
        Refusal(["complexMaxPool1d: takes complex numbers, not float32: call maxPool1d"]) {
            $0.real.complexMaxPool1d(1)
        },
        Refusal(["complexBatchNorm: takes complex numbers", "call batchNorm"]) { $0.real.complexBatchNorm() },
        Refusal(["interpolatePolar: takes complex numbers"]) {
            $0.real.unsqueeze(0).interpolatePolar(size: 2)
        },
        Refusal(["modReLU: ", "real, not complex64"]) { $0.modReLU(bias: $0[0]) },
        Refusal(["complexBatchNorm: ", "three real numbers a channel, not complex64"]) {
            $0.complexBatchNorm(weight: $0)
        },
        Refusal(["complexBatchNorm: a weight of shape [2] instead of [2, 3]"]) {
            $0.complexBatchNorm(weight: $0.real[0])
        },
        Refusal(["complexBatchNorm: a single value a channel, of shape [1, 2], has no variance"]) {
            $0.narrow(axis: 0, start: 0, count: 1).complexBatchNorm()
        },
        Refusal(["complex: the parts are float32 and float64, but must both be float32 or both float64"]) {
            .complex(real: $0.real, imaginary: $0.real.to(.float64))
        },
        Refusal(["complex: the parts are int64 and int64, but must both be float32"]) {
            .complex(real: $0.real.to(.int64), imaginary: $0.real.to(.int64))
        },
        Refusal(["complex: shapes [2, 2] and [3] do not broadcast"]) {
            .complex(real: $0.real, imaginary: .zeros([3]))
        },
        Refusal(["polar: shapes [2, 2] and [3] do not broadcast"]) {
            .polar(abs: $0.real, angle: .zeros([3]))
        },
        Refusal(["pad: a float32 tensor cannot hold the complex value"]) {
            $0.real.pad([(1, 1)], mode: .complexConstant(Complex(0, 1)))
        },
        Refusal(["scatter: a float32 tensor cannot hold the complex64 value"]) {
            $0.real.scatter(axis: 0, index: .zeros([1, 1], dtype: .int64), value: Complex<Float>(0, 1))
        },
        Refusal(["softmaxCrossEntropy: complex64 class weights of shape [2]"]) {
            $0.real.softmaxCrossEntropy(Tensor([0, 1], shape: [2]), classWeights: $0[0])
        },
        Refusal("unique") { $0.unique(axis: 0).values },
        Refusal(["polar: ", "must be float32 or both float64"]) {
            .polar(abs: $0.real.to(.int32), angle: $0.real.to(.int32))
        },
        Refusal(["viewAsComplex: "]) { $0.real.to(.int64).viewAsComplex() },
        Refusal(["backward: a complex loss has no direction of descent", ".abs() or .real"]) {
            let loss = $0.requiringGradient().sum()
            loss.backward()
            return loss
        },
        Refusal(["a complex loss has no direction of descent"]) {
            let x = $0.requiringGradient()
            return gradient(of: (x * x).sum(), at: x)
        },
    ]

    @Test(arguments: refusals.indices)
    func complexNumbersAreRefused(_ index: Int) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [index = index as Int] in
            let x = Tensor.complex(
                real: Tensor([Float(1), 2, 3, 4], shape: [2, 2]),
                imaginary: Tensor([Float(0), 1, 2, 3], shape: [2, 2]))
            ComplexRefusalTests.refusals[index].call(x)
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        for word in ComplexRefusalTests.refusals[index].words {
            #expect(message.contains(word), "\(message)")
        }
    }

    @Test func equalityIsDefined() {
        let x = Tensor.complex(real: Tensor([Float(1), 1]), imaginary: Tensor([Float(2), 3]))
        #expect((x .== x[0]).array(of: Bool.self) == [true, false])
        #expect((x .!= x[0]).array(of: Bool.self) == [false, true])
    }
}
