import Apus
import ApusNN

/// A long short-term memory as a mixer of positions: [batch, time, channels], in the same shape.
///
/// State: `lstm.weight_ih_l0` and so on.
final class LSTMMixer: Module, StepwiseLayer {
    struct State {
        var hidden: Tensor
        var cell: Tensor
    }

    let lstm: LSTM

    init(_ channels: Int, using generator: RandomGenerator) {
        lstm = LSTM(channels, channels, batchFirst: true, using: generator)
    }

    func forward(_ x: Tensor) -> Tensor { lstm(x).output }

    func initialState(batch: Int) -> State {
        let zeros = withDevice(lstm.weights[0].value.device) {
            Tensor.zeros([1, batch, lstm.hidden], dtype: lstm.weights[0].value.dtype)
        }
        return State(hidden: zeros, cell: zeros)
    }

    func advance(_ x: Tensor, _ state: inout State) -> Tensor {
        let (y, (hidden, cell)) = lstm(x, state: (state.hidden, state.cell))
        state = State(hidden: hidden, cell: cell)
        return y
    }
}
