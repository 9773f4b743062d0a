import ApusKernels

/// What the processor's kernels are made of, for reports.
package enum CPUBuild {
    /// The instruction sets they were compiled for.
    package static var instructions: [String] { Processor.builtFor }

    /// The libraries they call, and their versions.
    package static var libraries: [(String, String)] { LinkedLibraries.versions }
}
