extension Operation {
    /// Every operation; a test checks that no file under `Ops` is missing here.
    package static let all: [Operation] = [
        elementwise,
        activations,
        shape,
        reduction,
        neuralNetwork,
        losses,
        normalization,
        sorting,
        creation,
        indexing,
        linearAlgebra,
        recurrent,
        sequence,
        random,
        pooling,
        upsampling,
        convolutions,
        fourier,
    ].flatMap { $0 }

    static let elementwise: [Operation] = [
        abs, acos, acosh, add, angle, asin, asinh, atan, atan2, atanh, bitwiseAnd, bitwiseNot,
        bitwiseOr, bitwiseXor, ceil, clamp, complex, conjugate, convert, cos, cosh, divide, divideRounding,
        equal, erf, exp, exp2, expm1, fmax, fmin, floor, floorDivide, fmod, frac, greater, greaterEqual,
        hypot, imaginary,
        isClose, isFinite, isInf, isNaN, lerp, less, lessEqual, log, log10, log1p, log2, logicalAnd,
        logicalNot, logicalOr, logicalXor, maskedFill, maximum, minimum, multiply, negate, notEqual,
        polar, power, real, reciprocal, remainder, round, rsqrt, shiftLeft, shiftRight, sigmoid, sign,
        sin, sinh, sqrt, square, subtract, tan, tanh, trunc, `where`,
    ]
    private static let activations: [Operation] = [
        cardioid, celu, crelu, elu, gelu, glu, hardshrink, hardsigmoid, hardswish, hardtanh, leakyReLU,
        logSigmoid, mish, modReLU, prelu, relu, relu6, rrelu, selu, silu, softmin, softplus, softshrink,
        softsign, splitPReLU, splitSigmoid, splitTanh, tanhshrink, threshold, zrelu,
    ]
    private static let shape: [Operation] = [
        broadcast, cat, chunk, columnStack, diagonal, diagonalEmbed, dstack, flatten, flip, hstack, meshgrid,
        moveAxis, narrow, oneHot, pad, permute, repeatInterleave, reshape, roll, rot90, split, squeeze, stack,
        tensorSplit, tile, transpose, tril, triu, unbind, unfold, unsqueeze, viewAsComplex, viewAsReal,
        vstack,
    ]
    private static let reduction: [Operation] = [
        allTrue, any, argmax, argmin, countNonzero, cumulativeMax, cumulativeMin, cumulativeProduct,
        cumulativeSum, logSumExp, max, mean, median, min, norm, prod, standardDeviation, sum, variance,
    ]
    private static let sorting: [Operation] = [
        argsort, binCount, histogram, searchSorted, sort, topK, unique,
    ]
    private static let neuralNetwork: [Operation] = [logSoftmax, softmax]
    private static let losses: [Operation] = [
        binaryCrossEntropy, binaryCrossEntropyWithLogits, cosineEmbeddingLoss, cosineSimilarity, ctcLoss,
        diceLoss, gaussianNLLLoss, hingeEmbeddingLoss, hingeLoss, huberLoss, klDivLoss, l1Loss,
        marginRankingLoss, mseLoss, multiLabelMarginLoss, multiLabelSoftMarginLoss, multiMarginLoss,
        negativeSamplingLoss, nllLoss, noiseContrastiveLoss, pairwiseDistance, poissonNLLLoss,
        sigmoidFocalLoss, smoothL1Loss, softmaxCrossEntropy, softMarginLoss, tripletMarginLoss,
    ]
    private static let normalization: [Operation] = [
        batchNorm, channelLayerNorm, complexBatchNorm, complexGroupNorm, complexLayerNorm, groupNorm,
        instanceNorm, layerNorm, localResponseNorm, rmsNorm,
    ]
    private static let creation: [Operation] = [
        arange, eye, fromArray, fromBytes, full, linspace, logspace,
    ]
    private static let indexing: [Operation] = [
        embedding, embeddingBag, gather, indexSelect, maskedSelect, nonzero, put, scatter, scatterAdd,
        `subscript`, take,
    ]
    private static let linearAlgebra: [Operation] = [
        bilinear, cholesky, determinant, dot, eigh, einsum, inner, inverse, kron, linear, logDeterminant,
        matmul, outer,
        pinverse, qr, solve, svd, trace, triangularSolve,
    ]
    private static let sequence: [Operation] = [
        causalConvolution, linearAttention, linearRecurrence, rotaryEmbedding, scaledDotProductAttention,
        selectiveScan, wkv,
    ]
    private static let recurrent: [Operation] = [gru, lstm, rnn]
    private static let random: [Operation] = [
        alphaDropout, bernoulli, channelDropout, dropout, normal, permutation, randomIntegers,
        stochasticDepth,
        truncatedNormal, uniform,
    ]
    private static let convolutions: [Operation] = [
        channelShuffle, conv, convTranspose, depthwiseConv, depthwiseSeparableConv,
        flattenedConv,
        pointwiseGroupedConv, resizeConv, shuffledGroupedConv, spatiallySeparableConv, trueConv,
    ]
    private static let fourier: [Operation] = [
        blackmanWindow, fft, fft2, fftFrequencies, fftShift, fftn, hammingWindow, hannWindow, hfft, hfft2,
        hfftn, ifft, ifft2, ifftShift, ifftn, ihfft, ihfft2, ihfftn, irfft, irfft2, irfftn, istft, rfft,
        rfft2, rfftFrequencies, rfftn,
        stft,
    ]
    private static let pooling: [Operation] = [
        adaptiveAvgPool, adaptiveMaxPool, avgPool, complexMaxPool, foldImage, globalAvgPool, globalMaxPool,
        lpPool, maxPool, maxUnpool, unfoldImage,
    ]
    private static let upsampling: [Operation] = [
        interpolate, interpolatePolar, pixelShuffle, pixelUnshuffle,
    ]
}
