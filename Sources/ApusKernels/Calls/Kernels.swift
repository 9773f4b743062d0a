/// The kernels that operations name: elementwise functions and reductions, as values.
///
/// Each is a member that a module of kernels adds, with its loops for the processor.
package enum Kernels {}
