/// All that a device computes: one interface, through which every operation calls.
///
/// Pointers are addresses in the device's memory, except where a parameter is said to lie in the program's. Layouts,
/// splits, windows and the like mean the same to every device. A device need not implement every call: one that it
/// lacks stops the program with a message that names it, and never runs elsewhere instead.
package protocol DeviceKernels: MemoryCalls, CopyCalls, ElementwiseCalls, ReductionCalls, IndexCalls,
    RowCalls, LossCalls,
    NormCalls, WindowCalls, ProductCalls, ConvolutionCalls, FourierCalls, RandomCalls, FactorCalls,
    OptimizerCalls, RecurrentCalls, SequenceCalls
{}

/// What the families of kernels share.
package protocol DeviceCalls: Sendable {
    /// Whose kernels these are.
    var device: Device { get }
}

extension DeviceCalls {
    /// Stops the program because the device has no kernel of this name, which the current operation calls.
    func lacks(_ function: String = #function) -> Never {
        let name = String(function.prefix { $0 != "(" })
        let operation = CurrentDevice.operation
        let which = operation == nil ? "" : " (\(name))"
        fail(
            operation ?? name,
            "the device \(device) has no kernel for it\(which): move the tensors with .to(.cpu)")
    }
}
