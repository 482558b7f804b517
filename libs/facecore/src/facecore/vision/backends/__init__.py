"""Run the networks on ONNX Runtime, or on torch, which is the reference and supports CUDA."""
