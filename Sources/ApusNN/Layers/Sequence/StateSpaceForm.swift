/// How a linear state space is computed for a whole sequence. All forms give the same but for rounding.
public enum StateSpaceForm: String, CaseIterable, Sendable {
    /// As a convolution with the kernel of the state space, by Fourier transforms: what training takes.
    case convolution
    /// From step to step, with the states of all of them.
    case recurrent
}
