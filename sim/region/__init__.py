"""CSV in, checked tables out; settlements synthesised from marginals."""
