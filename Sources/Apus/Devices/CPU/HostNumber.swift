import ApusKernels

/// Converts one number between the element types, in the program's own memory: numbers beside tensors belong to no
/// device.
func convertHostNumber(
    _ source: UnsafeRawPointer, _ from: DType, to target: UnsafeMutableRawPointer, _ to: DType
) {
    convertElements(source, from, to: target, to, 1)
}
