"""Synthetic deliveries: fictitious clusters whose answers add up to the published figures of the editions."""

from sample.calibration import CalibrationMissing
from sample.delivery import SEED, write_sample, write_samples
from sample.identities import RealClusters
from sample.world import sample_editions

__all__ = ["SEED", "CalibrationMissing", "RealClusters", "sample_editions", "write_sample", "write_samples"]
