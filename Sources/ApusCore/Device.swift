/// Where a tensor's memory lies and its operations run.
public struct Device: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: UInt8 {
        case cpu
        case guarded
    }

    private let kind: Kind

    /// The processor and its memory.
    public static let cpu = Device(kind: .cpu)

    /// A device for tests: the processor with memory that can be neither read nor written but by its kernels and by copies
    /// to and from the host. What reaches around them ends the program.
    package static let guarded = Device(kind: .guarded)

    /// What messages call it: `cpu`.
    public var description: String { "\(kind)" }
}
