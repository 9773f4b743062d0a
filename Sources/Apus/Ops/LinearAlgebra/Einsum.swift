/// Products of tensors summed over axes, by Einstein's convention.
///
/// `"bij,bjk->bik"` names the axes of each operand by letters; those missing from the result are summed
/// over. Without an arrow the result has the letters that occur once, in alphabetical order. A letter
/// twice in one operand takes its diagonal; `...` stands for any further axes, which broadcast. More than
/// two operands are contracted in pairs, the cheapest first.
public func einsum(
    _ equation: String, _ operands: [Tensor], file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    let site = CallSite(file: file, line: line)
    let parsed: EinsumEquation
    do {
        parsed = try EinsumEquation(equation, operands.map(\.shape))
    } catch {
        fail("einsum", error.reason, at: site)
    }
    let operands = TypeRule.product.promoted(operands)
    var extents: [Int: Int] = [:]
    for (number, (labels, operand)) in zip(parsed.inputs, operands).enumerated() {
        for (axis, label) in labels.enumerated() {
            // An extent of 1 broadcasts between operands, not within one: a diagonal needs equal extents.
            if let first = labels[..<axis].firstIndex(of: label), operand.shape[first] != operand.shape[axis]
            {
                fail(
                    "einsum",
                    "\"\(equation)\" repeats an axis of operand \(number), of shape \(operand.shape), that is "
                        + "\(operand.shape[first]) long and \(operand.shape[axis]) long", at: site)
            }
        }
        for (label, extent) in zip(labels, operand.shape) where extent != 1 || extents[label] == nil {
            if let known = extents[label], known != 1, known != extent {
                let name = label > 0 ? "axis \(Character(Unicode.Scalar(UInt8(label))))" : "an axis of ..."
                fail("einsum", "\(name) of \"\(equation)\" is \(known) long and \(extent) long", at: site)
            }
            extents[label] = extent
        }
    }
    var terms = zip(parsed.inputs, operands).map { EinsumTerm($0, $1, extents) }
    while terms.count > 1 {
        // What is in neither the result nor another operand is summed over first.
        for index in terms.indices {
            let others = terms.indices.filter { $0 != index }.flatMap { terms[$0].labels }
            terms[index].sum(keeping: Set(others + parsed.output))
        }
        let (i, j) = cheapestPair(terms, extents)
        let second = terms.remove(at: j)
        let first = terms.remove(at: i)
        let kept = Set(terms.flatMap(\.labels) + parsed.output)
        terms.insert(first.contracted(with: second, keeping: kept, extents, site), at: i)
    }
    var result = terms[0]
    result.sum(keeping: Set(parsed.output))
    return result.tensor.permute(parsed.output.map { result.labels.firstIndex(of: $0)! })
}

/// Products of tensors summed over axes; see `einsum(_:_:)` with an array.
public func einsum(
    _ equation: String, _ operands: Tensor..., file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    einsum(equation, operands, file: file, line: line)
}

/// The two terms whose product takes the fewest multiplications; the first such, in order.
private func cheapestPair(_ terms: [EinsumTerm], _ extents: [Int: Int]) -> (Int, Int) {
    var best = (0, 1)
    var least = Double.infinity
    for i in terms.indices {
        for j in terms.indices where j > i {
            let cost = Set(terms[i].labels + terms[j].labels).reduce(1.0) { $0 * Double(extents[$1]!) }
            if cost < least { (best, least) = ((i, j), cost) }
        }
    }
    return best
}

/// An operand whose axes are labelled, each label once.
private struct EinsumTerm {
    var labels: [Int]
    var tensor: Tensor

    init(_ labels: [Int], _ tensor: Tensor) {
        self.labels = labels
        self.tensor = tensor
    }

    /// With diagonals taken, and axes of 1 stretched where others with their label are longer.
    init(_ labels: [Int], _ tensor: Tensor, _ extents: [Int: Int]) {
        self.labels = labels
        self.tensor = tensor.broadcast(to: labels.map { extents[$0]! })
        var axis = 0
        while axis < self.labels.count {
            let label = self.labels[axis]
            if let other = self.labels[(axis + 1)...].firstIndex(of: label) {
                self.tensor = self.tensor.diagonal(axes: (axis, other))
                self.labels.remove(at: other)
                self.labels.remove(at: axis)
                self.labels.append(label)
            } else {
                axis += 1
            }
        }
    }

    /// Adds up all axes but those of `kept`.
    mutating func sum(keeping kept: Set<Int>) {
        let axes = labels.indices.filter { !kept.contains(labels[$0]) }
        if axes.isEmpty { return }
        tensor = tensor.sum(axes: axes).to(tensor.dtype)
        labels.removeAll { !kept.contains($0) }
    }

    /// The product with another term, summed over the shared axes that are not `kept`, as a batch of
    /// matrix products: [shared and kept, own] × [shared and kept, the other's own].
    func contracted(with other: EinsumTerm, keeping kept: Set<Int>, _ extents: [Int: Int], _ site: CallSite)
        -> EinsumTerm
    {
        let shared = labels.filter(other.labels.contains)
        let batch = shared.filter(kept.contains)
        let summed = shared.filter { !kept.contains($0) }
        let mine = labels.filter { !shared.contains($0) }
        let theirs = other.labels.filter { !shared.contains($0) }
        let size = { (labels: [Int]) in labels.reduce(1) { $0 * extents[$1]! } }
        let shape = (batch + mine + theirs).map { extents[$0]! }
        shape.checkRank("einsum", site)
        if summed.isEmpty {
            let a = arranged(batch + mine).reshape(
                (batch + mine).map { extents[$0]! } + theirs.map { _ in 1 })
            let b = other.arranged(batch + theirs).reshape(
                batch.map { extents[$0]! } + mine.map { _ in 1 } + theirs.map { extents[$0]! })
            return EinsumTerm(batch + mine + theirs, a * b)
        }
        let lead = batch.isEmpty ? [] : [size(batch)]
        let a = arranged(batch + mine + summed).reshape(lead + [size(mine), size(summed)])
        let b = other.arranged(batch + summed + theirs).reshape(lead + [size(summed), size(theirs)])
        return EinsumTerm(batch + mine + theirs, a.matmul(b).reshape(shape))
    }

    private func arranged(_ order: [Int]) -> Tensor {
        if order == labels { return tensor }
        return tensor.permute(order.map { labels.firstIndex(of: $0)! })
    }
}

extension Operation {
    static let einsum = Operation(
        "einsum", dtypes: DType.numeric,
        [
            Sample("torch.einsum('ij,jk->ik', x, y)", [Input([2, 3]), Input([3, 4])]) {
                Apus.einsum("ij,jk->ik", $0[0], $0[1])
            },
            Sample("torch.einsum('ij,kj', x, y)", [Input([2, 3]), Input([4, 3])]) {
                Apus.einsum("ij,kj", $0[0], $0[1])
            },
            Sample("torch.einsum('bij,bjk->kbi', x, y)", [Input([2, 3, 4]), Input([2, 4, 2])]) {
                Apus.einsum("bij,bjk->kbi", $0[0], $0[1])
            },
            Sample("torch.einsum('...ij,...jk', x, y)", [Input([2, 1, 3, 2]), Input([3, 2, 2])]) {
                Apus.einsum("...ij,...jk", $0[0], $0[1])
            },
            Sample("torch.einsum('ii->i', x)", [Input([3, 3])]) { Apus.einsum("ii->i", $0[0]) },
            Sample("torch.einsum('iij', x)", [Input([3, 3, 2])]) { Apus.einsum("iij", $0[0]) },
            Sample("torch.einsum('ba', x)", [Input([3, 2])]) { Apus.einsum("ba", $0[0]) },
            Sample("torch.einsum('i,j->', x, y)", [Input([3]), Input([2])]) {
                Apus.einsum("i,j->", $0[0], $0[1])
            },
            Sample("torch.einsum('i,j,k->kij', x, y, z)", [Input([2]), Input([3]), Input([2])]) {
                Apus.einsum("i,j,k->kij", $0[0], $0[1], $0[2])
            },
            Sample(
                "torch.einsum('ab,bcd,da->c', x, y, z)", [Input([2, 3]), Input([3, 2, 3]), Input([3, 2])]
            ) { Apus.einsum("ab,bcd,da->c", $0[0], $0[1], $0[2]) },
            Sample("torch.einsum('b...,b...->b', x, y)", [Input([2, 2, 3]), Input([2, 2, 3])]) {
                Apus.einsum("b...,b...->b", $0[0], $0[1])
            },
        ])
}
