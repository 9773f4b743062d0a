extension Tensor {
    /// The elements that the indices select, read or assigned.
    ///
    /// | index | selects |
    /// |---|---|
    /// | `3`, `-1` | one position; the axis goes |
    /// | `1..<4`, `2...`, `..<(-1)` | a range; negative bounds count from the end |
    /// | `(0..<10).by(2)`, `(0...).by(-1)` | every second position; backwards |
    /// | `.all`, `.ellipsis` | one whole axis; as many as are left over |
    /// | `.newAxis` | an axis of extent 1 |
    /// | `[0, 2]`, an int64 or int32 tensor | these positions; several broadcast together |
    /// | a boolean tensor | where it is true, over as many axes as it has |
    ///
    /// Index tensors put their axes where the axes they index were; first of all if those are not
    /// neighbours (PyTorch's rule). Reading by integers and ranges gives a view, by tensors a copy.
    ///
    /// Assigning changes this tensor only, not its copies; the value broadcasts to the selection. It is differentiable:
    /// the gradient of replaced elements goes to the value, that of all others to what was there before. Where an index
    /// repeats, the last value stays, and it alone gets the gradient.
    public subscript(
        _ indices: any TensorIndex..., file file: StaticString = #fileID, line line: UInt = #line
    ) -> Tensor {
        get {
            let site = CallSite(file: file, line: line)
            return selecting(selection(indices, site), "subscript", site)
        }
        set {
            let site = CallSite(file: file, line: line)
            place(newValue, selection(indices, site), "subscript", site)
        }
    }

    /// Assigns one number to all the elements that the indices select: `x[mask] = 0`.
    ///
    /// Reading gives the number selected, which must be one.
    @_disfavoredOverload
    public subscript<S: TensorScalar>(
        _ indices: any TensorIndex..., file file: StaticString = #fileID, line line: UInt = #line
    ) -> S? {
        get {
            let site = CallSite(file: file, line: line)
            return selecting(selection(indices, site), "subscript", site)
                .item(as: S.self, file: file, line: line)
        }
        set {
            guard let newValue else { return }
            let site = CallSite(file: file, line: line)
            place(
                onItsDevice { Tensor(newValue, dtype: S.dtype) }, selection(indices, site), "subscript", site)
        }
    }

    /// What the indices select of this tensor; arrays of positions become tensors on its device.
    private func selection(_ indices: [any TensorIndex], _ site: CallSite) -> Selection {
        onItsDevice { Selection(shape, indices, site) }
    }
}

extension Operation {
    static let `subscript` = Operation(
        "subscript", dtypes: DType.everything,
        [
            Sample("x[1]", [Input([3, 4])]) { $0[0][1] },
            Sample("x[1:, 0:3]", [Input([3, 4])]) { $0[0][1..., 0..<3] },
            Sample("x[..., -1]", [Input([2, 3, 4])]) { $0[0][.ellipsis, -1] },
            Sample("x[:, None, 1]", [Input([2, 3, 4])]) { $0[0][.all, .newAxis, 1] },
            Sample("x[:, 0:4:2]", [Input([3, 4])]) { $0[0][.all, (0..<4).by(2)] },
            Sample("x.flip(1)[:, ::2]", [Input([3, 5])]) { $0[0][.all, (0...).by(-2)] },
            Sample("x[y]", [Input([4, 3]), Input([2, 3], -4, 4, dtype: .int64)]) { $0[0][$0[1]] },
            Sample("x[:, y, 1]", [Input([2, 4, 3]), Input([5], 0, 4, dtype: .int64)]) {
                $0[0][.all, $0[1], 1]
            },
            Sample(
                "x[y, z]",
                [Input([4, 3, 2]), Input([5, 1], 0, 4, dtype: .int64), Input([2], 0, 3, dtype: .int64)]
            ) { $0[0][$0[1], $0[2]] },
            Sample(
                "x[y, :, z]",
                [Input([4, 3, 2]), Input([5, 1], 0, 4, dtype: .int64), Input([3], 0, 2, dtype: .int64)]
            ) { $0[0][$0[1], .all, $0[2]] },
            Sample("x[torch.tensor([True, False, True])]", [Input([3, 4])]) {
                $0[0][Tensor([true, false, true], shape: [3]).to($0[0].device)]
            },
            Sample(
                "x.index_put((torch.tensor([0, 2]),), y)", [Input([3, 4]), Input([4])]
            ) { inputs in
                var x = inputs[0]
                x[[0, 2]] = inputs[1]
                return x
            },
            Sample("torch.cat([x[:1], y[None], x[2:]])", [Input([3, 4]), Input([4])]) { inputs in
                var x = inputs[0]
                x[1] = inputs[1]
                return x
            },
        ])
}
