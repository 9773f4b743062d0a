// The kernels are several modules, so that they compile side by side and a change to one kernel does not recompile
// the others. Whoever calls them imports this one.
@_exported import ApusConvolutionKernels
@_exported import ApusElementwiseKernels
@_exported import ApusIndexKernels
@_exported import ApusKernelBase
@_exported import ApusMatrixKernels
@_exported import ApusNormKernels
@_exported import ApusRandomKernels
@_exported import ApusRecurrentKernels
@_exported import ApusReductionKernels
@_exported import ApusRowKernels
@_exported import ApusSequenceKernels
@_exported import ApusSignalKernels
@_exported import ApusWindowKernels
