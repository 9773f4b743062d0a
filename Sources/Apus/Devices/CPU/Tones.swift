import ApusSignalKernels

// Waveforms that the package makes in the program's own memory, for data sets: they belong to no device.

package typealias TonePartial = ApusSignalKernels.TonePartial
package typealias ToneKernel = ApusSignalKernels.ToneKernel
