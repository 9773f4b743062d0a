/// What keeps ranks from working together: MPI that is not there or did not start them, or a call that they did not all make.
///
/// The description is one line that says what to do where something can be done.
public struct DistributedError: Error, CustomStringConvertible, Sendable, Equatable {
    /// What a program may want to tell apart.
    public enum Kind: Sendable, Equatable {
        /// No launcher started this process: it is alone.
        case notLaunched
        /// It was started by a launcher whose ranks MPI cannot join, such as torchrun.
        case unknownLauncher
        /// The launcher's MPI library is not installed, or does not load.
        case noLibrary
        /// MPI sees another number of processes than the launcher, or the caller, says.
        case wrongSize
        /// The system gives the processes of a machine no memory to share.
        case noSharedMemory
        /// MPI returned this error code.
        case mpi(Int32)
        /// Ranks called different things, or the same on different numbers of elements.
        case mismatch
        /// This rank ended, by an error or by returning, while others waited for it.
        case rankEnded(Int)
    }

    /// What a program may want to tell apart.
    public let kind: Kind
    /// What was found, what was expected, and what to do.
    public let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
