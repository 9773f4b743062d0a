/// The kernels that operations call: those of the current task's device, which is that of an operation's inputs while its
/// values are computed.
var kernels: any DeviceKernels {
    @inline(__always) get { Observers.areNone ? HostKernels() : CurrentDevice.value.kernels }
}

extension Device {
    /// What the device computes with.
    var kernels: any DeviceKernels { self == .guarded ? GuardedKernels() : HostKernels() }
}
