"""Run the networks: on ONNX Runtime, or on torch, the reference and the way to CUDA."""
