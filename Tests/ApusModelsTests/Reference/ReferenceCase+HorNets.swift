import ApusModels

extension ReferenceCase {
    static let horNets = [
        ReferenceCase("hornet_tiny_7x7", [1, 3, 224, 224]) { HorNet(.tiny) },
        ReferenceCase("hornet_tiny_gf", [1, 3, 224, 224]) { HorNet(.tinyGF) },
        ReferenceCase("hornet_small_7x7", [1, 3, 224, 224]) { HorNet(.small) },
        ReferenceCase("hornet_small_gf", [1, 3, 224, 224]) { HorNet(.smallGF) },
        ReferenceCase("hornet_base_7x7", [1, 3, 224, 224]) { HorNet(.base) },
        ReferenceCase("hornet_base_gf", [1, 3, 224, 224]) { HorNet(.baseGF) },
        ReferenceCase("hornet_large_7x7", [1, 3, 224, 224]) { HorNet(.large) },
        ReferenceCase("hornet_large_gf", [1, 3, 224, 224]) { HorNet(.largeGF) },
        ReferenceCase("hornet_tiny_gf at 192x256", [1, 3, 192, 256]) { HorNet(.tinyGF) },
        ReferenceCase("hornet_base_gf_img384", [1, 3, 384, 384]) { HorNet(.baseGF384) },
    ]
}
