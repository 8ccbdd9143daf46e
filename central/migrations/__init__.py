"""The history of the centre's schema, applied by `central migrate` and at the start of `central serve`."""
