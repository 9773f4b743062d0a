// All kernels are called with these.
@_exported import ApusKernelCalls
