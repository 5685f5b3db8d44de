"""The pages at /staff: what an editor looks at in a browser. Every page is whole without a script."""
