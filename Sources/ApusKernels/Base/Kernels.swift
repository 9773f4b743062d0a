/// The kernels that operations name: elementwise functions and reductions, as values.
public enum Kernels {}
