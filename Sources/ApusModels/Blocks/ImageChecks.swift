import Apus

/// Stops the program where images [batch, channels, height, width] are smaller than a model can take.
func checkImages(_ x: Tensor, smallest: Int, _ model: String) {
    if x.rank == 4 && x.shape[2] >= smallest && x.shape[3] >= smallest { return }
    fail(
        model,
        "an input of shape \(x.shape): it takes [batch, channels, height, width] from \(smallest)×\(smallest) pixels"
    )
}

/// Stops the program where a model is to tell fewer than one class apart.
func checkClasses(_ classes: Int, _ model: String) {
    if classes < 1 { fail(model, "\(classes) classes: at least one is wanted") }
}
