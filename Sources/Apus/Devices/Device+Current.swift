/// The device that the current task makes tensors on.
enum CurrentDevice {
    @TaskLocal static var value = Device.cpu

    /// The operation whose values another device than the processor computes: what messages call it.
    @TaskLocal static var operation: String?

    /// Where a tensor that is made now lies. Tensors elsewhere than in the processor's memory count as observers, so that
    /// where there are none this costs one look at a number.
    @inline(__always)
    static var forNewTensors: Device { Observers.areNone ? .cpu : value }
}

/// Runs `body` with tensors made on another device: creations and random numbers that are not asked for elsewhere.
///
/// Operations on tensors run, and make their results, where the tensors are.
public func withDevice<R>(_ device: Device, _ body: () throws -> R) rethrows -> R {
    if device == CurrentDevice.value { return try body() }
    return try Observers.during { try device.during(body) }
}

extension Device {
    /// The device of an operation's inputs, or for one without inputs that of new tensors.
    static func common(_ inputs: [Tensor], _ operation: String, _ site: CallSite?) -> Device {
        guard let first = inputs.first?.device else { return CurrentDevice.value }
        for (number, input) in inputs.enumerated() where input.device != first {
            fail(
                operation,
                "input 0 is on \(first) and input \(number), of shape \(input.shape), on \(input.device): move one with .to(.\(first))",
                at: site)
        }
        return first
    }

    /// Runs `body` with new tensors on this device, and its kernels.
    func during<R>(_ body: () throws -> R) rethrows -> R {
        if self == CurrentDevice.value { return try body() }
        return try CurrentDevice.$value.withValue(self, operation: body)
    }

    /// Runs `body`, the computation of an operation's values, on this device.
    func during<R>(_ operation: String, _ body: () throws -> R) rethrows -> R {
        if self == .cpu || CurrentDevice.operation != nil { return try during(body) }
        return try during { try CurrentDevice.$operation.withValue(operation, operation: body) }
    }

    /// Uninitialised memory for a tensor's elements.
    func storage(byteCount: Int) -> Storage {
        if self == .cpu { return .forElements(byteCount: byteCount) }
        let pointer = GuardedRegion.shared.allocate(byteCount)
        let address = UInt(bitPattern: pointer)
        Observers.add()
        return Storage(pointer, byteCount: byteCount, on: self) {
            GuardedRegion.shared.free(UnsafeMutableRawPointer(bitPattern: address)!, byteCount)
            Observers.remove()
        }
    }
}

extension Tensor {
    /// Runs `body` on this tensor's device: what is done outside of an operation, such as reading elements.
    @inline(__always)
    func onItsDevice<R>(_ body: () throws -> R) rethrows -> R {
        if Observers.areNone { return try body() }
        return try device.during(body)
    }
}
