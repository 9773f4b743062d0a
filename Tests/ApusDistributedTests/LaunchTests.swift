import Testing

@testable import ApusDistributed

/// Which MPI a process joins is said by its launcher's environment.
@Suite struct LaunchTests {
    @Test func launchersAreTold() throws {
        let openMPI = try Launch(["OMPI_COMM_WORLD_SIZE": "4", "PMIX_RANK": "1"])
        #expect(openMPI.family == .openMPI && openMPI.size == 4)
        let hydra = try Launch(["PMI_SIZE": "3", "PMI_RANK": "0", "PMI_FD": "6"])
        #expect(hydra.family == .mpich && hydra.size == 3)
        #expect(try Launch(["PMI_SIZE": "2", "MPI_LOCALNRANKS": "2"]).family == .mpich)
        let slurm = try Launch(["PMIX_RANK": "7", "SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "7"])
        #expect(slurm.family == .openMPI && slurm.size == 8)
    }

    @Test func othersAreRefused() {
        func refusal(_ environment: [String: String]) -> DistributedError? {
            #expect(throws: DistributedError.self) { try Launch(environment) }
        }
        #expect(refusal([:])?.kind == .notLaunched)
        // Left behind by something else: nobody says that MPI can be joined.
        #expect(refusal(["PMI_SIZE": "2"])?.kind == .notLaunched)
        let torchrun = refusal(["RANK": "0", "WORLD_SIZE": "4", "MASTER_ADDR": "localhost"])
        #expect(torchrun?.kind == .unknownLauncher)
        #expect(torchrun?.description.contains("mpirun -n 4") == true)
        #expect(refusal(["SLURM_STEP_NUM_TASKS": "2"])?.description.contains("--mpi=pmix") == true)
        // The script of a job that has room for more.
        #expect(refusal(["SLURM_PROCID": "0", "SLURM_NTASKS": "2"])?.kind == .notLaunched)
    }

    @Test func nodesAreInTheOrderOfTheirFirstRanks() {
        let nodes = Nodes(leaders: [0, 1, 0, 1, 4], rank: 3)
        #expect(nodes.ranks == [[0, 2], [1, 3], [4]] && nodes.own == 1 && !nodes.areInOrder)
        #expect(nodes.node(of: 4) == 2)
        #expect(Nodes(leaders: [0, 0, 2, 2], rank: 0).areInOrder)
    }
}
