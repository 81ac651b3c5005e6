"""Layers to holdings, holdings to control and fronts."""
