import ApusCore

extension Layout {
    /// This layout's axes from the slowest to the fastest in memory: the order in which writing it
    /// goes straight through.
    package var visitOrder: [Int] {
        if isContiguous { return Array(0..<rank) }
        return (0..<rank).sorted { (-abs(strides[$0]), $0) < (-abs(strides[$1]), $1) }
    }
}
