"""Orders of the provider's own Member State: a frame for national law, with the Netherlands as worked example."""
