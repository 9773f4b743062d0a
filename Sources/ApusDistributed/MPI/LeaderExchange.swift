/// Who sends what to whom in sums between nodes.
package enum LeaderExchange: String, Sendable {
    case ring
    case halving
}
