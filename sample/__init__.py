"""Synthetic deliveries: fictitious clusters whose answers add up to the published figures of an edition."""

from sample.calibration import CalibrationMissing
from sample.delivery import write_sample

__all__ = ["CalibrationMissing", "write_sample"]
