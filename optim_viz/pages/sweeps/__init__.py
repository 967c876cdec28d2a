"""The page of sweeps: many runs of one network, as a map and as curves against the learning rate; and range tests."""
