import CProcessor

/// The instruction sets this binary was compiled for.
package enum Processor {
    package static var builtFor: [String] {
        let names = String(cString: apus_built_for()).split(separator: " ").map(String.init)
        return names.isEmpty ? ["any processor"] : names
    }
}
