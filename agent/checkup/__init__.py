"""The self-check behind ``tokenwise doctor``: it reads, and changes nothing."""
