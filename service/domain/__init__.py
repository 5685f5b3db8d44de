"""What Honesty Box knows and decides. Pure: the standard library only, no clock, no input, no output."""
