import Glibc

/// A family of MPI libraries with the same binary interface: the names of its library, and what its handles are.
///
/// Open MPI's handles are addresses of objects in the library, MPICH's (and those of Intel MPI and others of its ABI) are numbers. Both
/// go in a register, so one word serves for both. Source: `mpi.h` of Open MPI 4.1 and of MPICH 4.0.
package enum MPIFamily: String, Sendable, CaseIterable {
    case openMPI = "Open MPI"
    case mpich = "MPICH"

    /// The library's file, under the names that it goes by.
    var files: [String] {
        switch self {
        case .openMPI: ["libmpi.so.40"]
        case .mpich: ["libmpich.so.12", "libmpi.so.12"]
        }
    }

    /// The package of Debian and Ubuntu that brings it, with a launcher.
    var package: String {
        switch self {
        case .openMPI: "openmpi-bin"
        case .mpich: "mpich"
        }
    }

    /// What starts its processes.
    var launcher: String {
        switch self {
        case .openMPI: "mpirun.openmpi"
        case .mpich: "mpiexec.mpich"
        }
    }

    /// What each handle is: a symbol of the library, or a number.
    enum Constant { case world, float32, float64, byte, sum, infoNull, errorsReturn }

    func symbol(_ constant: Constant) -> String {
        switch constant {
        case .world: "ompi_mpi_comm_world"
        case .float32: "ompi_mpi_float"
        case .float64: "ompi_mpi_double"
        case .byte: "ompi_mpi_byte"
        case .sum: "ompi_mpi_op_sum"
        case .infoNull: "ompi_mpi_info_null"
        case .errorsReturn: "ompi_mpi_errors_return"
        }
    }

    func number(_ constant: Constant) -> UInt {
        switch constant {
        case .world: 0x4400_0000
        case .float32: 0x4c00_040a
        case .float64: 0x4c00_080b
        case .byte: 0x4c00_010d
        case .sum: 0x5800_0003
        case .infoNull: 0x1c00_0000
        case .errorsReturn: 0x5400_0001
        }
    }

    /// MPI_IN_PLACE.
    var inPlace: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: self == .openMPI ? 1 : -1) }
    /// MPI_STATUS_IGNORE.
    var statusIgnored: UnsafeMutableRawPointer? {
        self == .openMPI ? nil : UnsafeMutableRawPointer(bitPattern: 1)
    }
    /// MPI_COMM_TYPE_SHARED.
    var sharedType: Int32 { self == .openMPI ? 0 : 1 }
    /// MPI_UNDEFINED.
    var undefined: Int32 { -32766 }
}
