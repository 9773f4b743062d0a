import Apus

/// One PyTorch operation said in Apus: from the arguments as PyTorch's own samples give them to the results.
typealias Counterpart = @Sendable (Call) throws -> [Tensor]

/// Every operation of PyTorch's list of samples that Apus can say, by its name there.
let counterparts: [String: Counterpart] = [
    elementwiseCounterparts, binaryCounterparts, activationCounterparts, reductionCounterparts,
    shapeCounterparts, indexingCounterparts, sortingCounterparts, linearAlgebraCounterparts,
    fourierCounterparts, creationCounterparts, imageCounterparts, normalizationCounterparts,
].reduce(into: [:]) { all, family in all.merge(family) { _, _ in fatalError("two counterparts of one name") }
}

func unary(_ function: @escaping @Sendable (Tensor) throws -> Tensor) -> Counterpart {
    { call in [try function(call.x)] }
}
