import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// State spaces against the authors' code, with what Scripts/state_space_peer.py wrote.
@Suite struct StateSpacePeerTests {
    private static func layer(_ name: String) -> any Layer {
        switch name {
        case "tied": S4(3, length: 40, states: 8)
        case "untied": S4(3, length: 40, states: 8, isTied: false, usesSoftplus: true)
        default: S4D(3, states: 8)
        }
    }

    @Test(arguments: ["tied", "untied", "s4d"])
    func resultAndGradientsAreTheAuthors(_ name: String) throws {
        let values = try PeerFixture("statespaces").part(name)
        let layer = Self.layer(name)
        try layer.load(values.part("state").tensors)
        let x = values["input"]!.requiringGradient()
        let y = layer(x)
        expectClose(y, values["output"]!, "output", relative: 1e-4)
        PeerFixture.weighted(y).backward()
        expectClose(x.grad!, values["inputGradient"]!, "input", relative: 1e-4)
        let gradients = values.part("gradient").tensors
        #expect(gradients.count > 5)
        for (name, parameter) in layer.namedParameters() {
            // Gradients of hundreds have differences that are small beside them alone.
            let expected = gradients[name]!
            let scale = max(1, expected.abs().max().item(as: Float.self))
            expectClose(parameter.grad! / scale, expected / scale, name, relative: 1e-4)
        }
    }
}
