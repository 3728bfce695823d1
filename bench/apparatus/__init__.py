"""What the benchmarks are made of; the benchmarks themselves are the modules of `bench`."""
