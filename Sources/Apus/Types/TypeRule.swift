/// What an operation does with types: how those of its inputs meet, in which one it sums, and what `autocast` makes of
/// them. This is the table of types; `Documentation/Types.md` shows it with the operations.
///
/// A primitive names its rule (`Primitive.types`), and the function that applies it promotes its inputs by the same
/// rule: nothing else in Apus decides about types. Whatever the rule, 16-bit elements are computed in float32 and rounded
/// once, for results.
public enum TypeRule: String, CaseIterable, Sendable {
    /// Elements as they are, or of several tensors in their common type: arithmetic, comparisons, maxima, views, copies.
    case element
    /// Functions that give fractions: sin, √, sigmoid, quotients.
    case function
    /// Functions whose results leave the range or the precision of 16 bits: exp, log, reciprocals.
    case exponential
    /// Powers, which of integers are integers.
    case power
    /// Products of matrices.
    case product
    /// Convolutions, and what else applies weights to fractions.
    case convolution
    /// Averages of windows, and interpolation.
    case average
    /// Sums and products of all elements along axes.
    case sum
    /// Sums and products of the elements so far.
    case runningSum
    /// What a sum over many elements goes into: means, norms, normalisations, softmax, losses.
    case statistic
    /// Factorisations of matrices and what is made of them; they refuse 16 bits.
    case factorization
    /// Fourier transforms, which of 16 bits are in single precision.
    case transform
}

extension TypeRule {
    /// What becomes of the inputs' common type.
    enum Inputs: String {
        case common = "common type"
        case floating = "common type; integers as float32"
        case counting = "common type; integers as int64"
        case single = "common type; integers and 16 bits as float32"
    }

    /// What `autocast` does to floating-point inputs.
    enum Cast: String {
        /// Computed in the low type: what takes most of the time and sums in float32.
        case low
        /// Computed in float32: what loses too much in 16 bits.
        case wide = "float32"
        /// As the inputs are; of several types in the widest.
        case widest = "as the input"
    }

    @inline(__always)
    var inputs: Inputs {
        switch self {
        case .element, .power, .product: .common
        case .function, .exponential, .convolution, .average, .statistic, .factorization: .floating
        case .sum, .runningSum: .counting
        case .transform: .single
        }
    }

    /// The type in which elements of 16 and 32 bits are added up; nil where nothing is. float64 is its own.
    var sums: DType? {
        switch self {
        case .element, .function, .exponential, .power: nil
        case .product, .convolution, .average, .sum, .statistic, .factorization, .transform: .float32
        case .runningSum: .float64
        }
    }

    /// In which type it computes within `autocast`.
    var autocast: Cast {
        switch self {
        case .element, .function, .average: .widest
        case .product, .convolution: .low
        case .exponential, .power, .sum, .runningSum, .statistic, .factorization, .transform: .wide
        }
    }
}
