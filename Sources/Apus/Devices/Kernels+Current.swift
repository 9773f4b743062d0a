/// The kernels that operations call: those of the current device.
var kernels: any DeviceKernels {
    @inline(__always) get { HostKernels.shared }
}
