"""Models: what is asked of them over the wire, and how little of what they answer is believed."""
