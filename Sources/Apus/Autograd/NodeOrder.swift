/// Every node behind some roots, newest first: each comes before what it was made of.
struct NodeOrder {
    let nodes: [Node]
    /// The nodes' own numbers, descending, to find a node by.
    private let sequences: [Int]
    /// The older ones, of an order that ends with them.
    private(set) var around: [Node] = []

    /// - Parameter boundary: nodes behind which the walk does not go.
    init(reachedFrom roots: [Node], stoppingAt boundary: [Node] = []) {
        let last = Set(boundary.map(\.sequence))
        self.init(reachedFrom: roots) { !last.contains($0.sequence) }
    }

    /// The nodes that are newer than one, and those around them: older ones that they were made of.
    init(reachedFrom roots: [Node], after start: Int) {
        self.init(reachedFrom: roots) { $0.sequence > start }
        around = nodes.filter { $0.sequence <= start }
    }

    private init(reachedFrom roots: [Node], _ goesBehind: (Node) -> Bool) {
        var seen = Set<Int>()
        var found: [Node] = []
        var stack = roots
        while let node = stack.popLast() {
            guard seen.insert(node.sequence).inserted else { continue }
            found.append(node)
            if !goesBehind(node) { continue }
            for case let parent? in node.parents { stack.append(parent) }
        }
        nodes = found.sorted { $0.sequence > $1.sequence }
        sequences = nodes.map(\.sequence)
    }

    /// nil where the node is not behind the roots.
    func position(of node: Node) -> Int? {
        let sequence = node.sequence
        var (low, high) = (0, sequences.count)
        while low < high {
            let middle = (low + high) / 2
            if sequences[middle] > sequence { low = middle + 1 } else { high = middle }
        }
        return low < sequences.count && sequences[low] == sequence ? low : nil
    }

    /// For each node whether its position is among these.
    func marks(_ positions: [Int?]) -> [Bool] {
        var isMarked = [Bool](repeating: false, count: nodes.count)
        for case let position? in positions { isMarked[position] = true }
        return isMarked
    }

    /// For each node whether it is a target, or made of one.
    func onTheWay(to isTarget: [Bool]) -> [Bool] {
        var isWanted = isTarget
        for (index, node) in nodes.enumerated().reversed() where !isWanted[index] {
            isWanted[index] = node.parents.contains { parent in
                parent.map { isWanted[position(of: $0)!] } ?? false
            }
        }
        return isWanted
    }

    /// For each position the leaves whose gradients are whole once the node there has propagated: it is their last consumer.
    /// Parameters are older than all that is made of them, so that in the order itself every leaf would come at the end.
    func completedLeaves() -> [[Int]] {
        var completed = [[Int]](repeating: [], count: nodes.count)
        var isDone = [Bool](repeating: false, count: nodes.count)
        for (consumer, node) in nodes.enumerated().reversed() {
            for case let parent? in node.parents where parent.isLeaf {
                guard let leaf = position(of: parent), !isDone[leaf] else { continue }
                isDone[leaf] = true
                completed[consumer].append(leaf)
            }
            completed[consumer].sort()
        }
        // A root may be a leaf that nothing was made of.
        for (position, node) in nodes.enumerated() where node.isLeaf && !isDone[position] {
            completed[position].append(position)
        }
        return completed
    }
}
