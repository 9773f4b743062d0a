import CProcessor

/// The instruction sets this binary was compiled for.
package enum Processor {
    /// The level of x86-64 that has no other instructions than these, such as `x86-64-v3`, and some of them by name.
    package static var builtFor: [String] {
        let level = [Int(APUS_BUILT_LEVEL)].filter { $0 > 0 }.map { "x86-64-v\($0)" }
        let names = String(cString: apus_built_for()).split(separator: " ").map(String.init)
        return level + names
    }
}
