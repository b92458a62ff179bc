"""PTransforms, each beside the pure functions it applies."""
