/// How values between and beyond the positions of an image are made.
public enum Interpolation: Sendable {
    /// The position at or before; the one whose area holds the centre.
    case nearest, nearestExact
    /// Straight lines along one, two or three spatial axes.
    case linear, bilinear, trilinear
    /// Cubic convolution with a = −0.75 along two axes (Keys 1981); it may overshoot.
    case bicubic
}
