import Apus

/// How a layer computes a whole sequence. The forms that a layer has give the same but for rounding.
public enum SequenceForm: String, CaseIterable, Sendable {
    /// All pairs of positions at once: as many numbers as the square of the length.
    case parallel
    /// From step to step, with the state of each.
    case recurrent
    /// Parallel within pieces of the sequence, and a state from each to the next.
    case chunked
    /// As a convolution with a kernel as long as the sequence, by Fourier transforms.
    case convolution

    /// Stops the program where a layer does not have this form.
    func check(among forms: [SequenceForm], _ layer: String) {
        if !forms.contains(self) {
            fail(layer, "the form \(rawValue): it has \(forms.map(\.rawValue).joined(separator: ", "))")
        }
    }
}
