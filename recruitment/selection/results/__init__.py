"""The ranking of a call: computed, looked over, published with its certificate, withdrawn."""
