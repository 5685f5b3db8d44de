"""HTTP: thin views, one module for each resource. Nothing here knows Redis, Stripe or YAML."""
