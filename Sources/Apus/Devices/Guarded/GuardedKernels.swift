/// The kernels of `Device.guarded`: the processor's, which have its memory open while they run.
struct GuardedKernels: CPUKernels {
    var device: Device { .guarded }

    func access<R>(_ body: () -> R) -> R { GuardedRegion.shared.open(body) }
}
