/// What the environment says of the launcher that started this process.
struct Launch: Equatable {
    /// Whose launcher it was: its library must be used, as under another one each process would be alone.
    let family: MPIFamily
    /// How many processes it started.
    let size: Int

    /// This process's number among those that a launcher started; 0 where none did. Where several say one, as where launchers are within
    /// each other, processes have different numbers by the highest.
    static func rank(_ environment: [String: String]) -> Int {
        ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID", "RANK"]
            .compactMap { environment[$0].flatMap(Int.init) }.max() ?? 0
    }

    /// Throws where no launcher started this process, or one whose ranks MPI cannot join.
    init(_ environment: [String: String]) throws(DistributedError) {
        func number(_ name: String) -> Int? { environment[name].flatMap(Int.init) }
        if let size = number("OMPI_COMM_WORLD_SIZE") {
            (family, self.size) = (.openMPI, size)
        } else if let size = number("PMI_SIZE"),
            environment["PMI_FD"] != nil || environment["PMI_PORT"] != nil
                || environment["MPI_LOCALNRANKS"] != nil
        {
            (family, self.size) = (.mpich, size)
        } else if environment["PMIX_RANK"] != nil, let size = number("SLURM_STEP_NUM_TASKS") {
            // Slurm's `srun --mpi=pmix`, which Open MPI joins.
            (family, self.size) = (.openMPI, size)
        } else if environment["RANK"] != nil, environment["WORLD_SIZE"] != nil {
            throw DistributedError(
                .unknownLauncher,
                "RANK and WORLD_SIZE are set, as by torchrun, which MPI cannot join: start with mpirun -n \(environment["WORLD_SIZE"]!)"
            )
        } else if environment["SLURM_STEP_NUM_TASKS"] != nil {
            // The script of a job has no step: it is one process, whatever the job has room for.
            throw DistributedError(
                .unknownLauncher,
                "srun has started this process without MPI: start with srun --mpi=pmix, or with mpirun in the job"
            )
        } else {
            throw DistributedError(
                .notLaunched,
                "no launcher started this process: start with mpirun -n and the number of processes")
        }
    }
}
