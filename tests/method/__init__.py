"""Tests of the method: a second implementation, editions worked out on paper, random and real ones."""
