import CPNG
import CZip
import CZlib

/// The versions of the libraries that read files.
package enum FormatLibraries {
    package static var versions: [(String, String)] {
        let png = Int(png_access_version_number())
        return [
            ("libpng", "\(png / 10000).\(png / 100 % 100).\(png % 100)"),
            ("libzip", String(cString: zip_libzip_version())),
            ("zlib", String(cString: zlibVersion())),
        ]
    }
}
