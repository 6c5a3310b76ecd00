"""Quality and speed as figures, on public benchmarks."""
