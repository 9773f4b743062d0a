import ApusKernelBase
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
