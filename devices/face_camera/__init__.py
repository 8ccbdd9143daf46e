"""The camera that looks at a face: capture, detection, guidance."""
