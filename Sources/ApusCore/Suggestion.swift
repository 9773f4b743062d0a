/// Which of the names somebody meant by a word that is none of them; nil where none is near.
///
/// Near is a name that the word begins, ends or is part of, if it is the only such name; or else the one with the fewest
/// letters to insert, remove, replace or swap with their neighbours, at most a third of them.
package func nearest(to word: String, in names: [String]) -> String? {
    let word = word.lowercased()
    let whole = names.filter { $0.lowercased().contains(word) }
    if word.count > 1 && whole.count == 1 { return whole[0] }
    return near(word, in: names).min { $0.distance < $1.distance }?.name
}

/// Those of the names that somebody may have meant by a word that is none of them, the likeliest first: the one that
/// `nearest` finds, others as near, and names that the word is part of; at most `count`.
package func nearest(to word: String, in names: [String], count: Int) -> [String] {
    guard let first = nearest(to: word, in: names) else {
        let lower = word.lowercased()
        return Array(names.filter { !lower.isEmpty && $0.lowercased().contains(lower) }.prefix(count))
    }
    let others = near(word.lowercased(), in: names).sorted { $0.distance < $1.distance }.map(\.name)
    return Array(([first] + others.filter { $0 != first }).prefix(count))
}

/// The names that are at most a third of letters away, and how many letters.
private func near(_ word: String, in names: [String]) -> [(name: String, distance: Int)] {
    names.map { (name: $0, distance: editDistance(word, $0.lowercased())) }
        .filter { $0.distance <= max($0.name.count, word.count, 3) / 3 }
}

/// How many letters must be inserted, removed, replaced or swapped with their neighbours to make `b` of `a`.
private func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    // Of the rows of the table of all beginnings' distances, the last three.
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                distance = min(distance, before[j - 1] + 1)
            }
            row.append(distance)
        }
        (before, last) = (last, row)
    }
    return last[b.count]
}
