import ApusKernelBase
import CProcessor
import COneDNN
import COpenBLAS

/// The versions of the libraries that the kernels call.
package enum LinkedLibraries {
    package static var versions: [(String, String)] {
        let dnnl = dnnl_version().pointee
        let config = openblas_get_config().map { String(cString: $0) } ?? "unknown"
        return [
            ("oneDNN", "\(dnnl.major).\(dnnl.minor).\(dnnl.patch)"),
            ("OpenBLAS", config.replacing("OpenBLAS ", with: "")),
        ]
    }
}

/// The instruction sets this binary was compiled for.
package enum Processor {
    package static var builtFor: [String] {
        let names = String(cString: apus_built_for()).split(separator: " ").map(String.init)
        return names.isEmpty ? ["any processor"] : names
    }
}
