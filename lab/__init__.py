"""What tries the product and measures it.

Here are the simulated class, the evaluation of face engines, the benchmarks and the fake engine.
No code of the product imports it, and a server runs without it.
"""
