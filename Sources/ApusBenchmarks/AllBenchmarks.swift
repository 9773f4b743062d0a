/// Every benchmark whose time is compared, a family a file.
let allBenchmarks: [Benchmark] =
    elementwise + reductions + rows + indexing + matrixProducts + normalization + mlp + harness
    + convolutions + complexNetworks + complexProducts + pooling + fourierTransforms + networkSteps
    + inference + visionModels + [checkpointedStep] + optimizerSteps + losses + recurrent + sequences + images

/// What a process of its own runs so that its peak memory can be compared.
let allMemoryBenchmarks: [Benchmark] = mlpMemory + visionMemory
