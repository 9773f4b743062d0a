extension MPIFamily {
    /// The MPI libraries that load on this machine, with the names they go by; starts none.
    package static var installed: [(version: String, file: String)] {
        allCases.compactMap { family in
            (try? MPILibrary(family)).map { ($0.version, $0.file) }
        }
    }
}
