/// The same elements in another device's memory.
struct Transfer: SingleResult {
    let source: Device
    let target: Device

    var name: String { "to" }

    /// Through the program's memory, row-major.
    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0].detachedContiguous()
        let result = target.during { Tensor(uninitialized: x.shape, x.dtype) }
        let count = x.count * x.dtype.size
        if count == 0 { return result }
        x.withUnsafeBytes { bytes in
            target.kernels.copyFromHost(bytes.baseAddress!, to: result.base, byteCount: count)
        }
        return result
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient.to(source)] }
    var isView: Bool { true }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// This tensor in another device's memory, row-major; itself where it is there already. Gradients come back the same
    /// way.
    public func to(_ device: Device) -> Tensor {
        if device == self.device { return self }
        let transfer = Transfer(source: self.device, target: device)
        // The result is counted from here on; before that nobody may know of another device.
        return Observers.during { Tensor.apply(transfer, to: [self], at: nil) }
    }
}
