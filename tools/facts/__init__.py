"""What is known beside prices, point in time: of a home's store, of a simulated market, of a home over a long run."""
