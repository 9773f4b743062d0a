extension Operation {
    /// Every operation; a test checks that no file under `Ops` is missing here.
    package static let all: [Operation] =
        elementwise + shape + reduction + neuralNetwork + creation + linearAlgebra

    static let elementwise: [Operation] = [
        add, conjugate, convert, exp, isNaN, multiply, negate, real, subtract,
    ]
    private static let shape: [Operation] = [broadcast, permute, reshape, transpose]
    private static let reduction: [Operation] = [any, mean, sum]
    private static let neuralNetwork: [Operation] = [logSoftmax, softmax, softmaxCrossEntropy]
    private static let creation: [Operation] = [full]
    private static let linearAlgebra: [Operation] = [linear, matmul]
}
