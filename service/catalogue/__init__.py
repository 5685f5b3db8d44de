"""Staff's files, turned into what the domain works with; every problem told with file and line."""
