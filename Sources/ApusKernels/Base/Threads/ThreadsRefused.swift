import Glibc

/// The system does not give the threads that were asked for.
///
/// The description is one line: `the system gives 12 of 200 threads: …; --threads asks for fewer`.
package struct ThreadsRefused: Error, CustomStringConvertible, Sendable, Equatable {
    package let wanted: Int
    package let given: Int
    /// The system's error number.
    package let code: Int32

    package var description: String {
        "the system gives \(given) of \(wanted) threads: \(String(cString: strerror(code))); "
            + "--threads or OMP_NUM_THREADS asks for fewer"
    }
}
