"""Redis: what is remembered of readers and of contributions. One key per call, `now` always passed in."""
