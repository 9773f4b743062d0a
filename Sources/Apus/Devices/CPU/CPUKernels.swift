/// A device whose kernels are the processor's, in memory that has to be made accessible for them.
///
/// Everything is implemented here in terms of `access`, in a file for each family. A device for tests thereby proves
/// that nothing else looks into its memory.
package protocol CPUKernels: DeviceKernels {
    /// Runs a kernel while the device's memory can be read and written by the processor. Calls may be nested, and come
    /// from several threads at a time.
    func access<R>(_ body: () -> R) -> R
}
