import Synchronization

/// How images lie in memory.
package enum ImageLayout {
    /// Images copied since the start because their channels did not lie last. Those that enter a network are;
    /// a network that copies others loses time.
    package static var reorders: Int { reorderCount.load(ordering: .relaxed) }

    static func countReorder() { reorderCount.add(1, ordering: .relaxed) }

    private static let reorderCount = Atomic(0)
}
