"""Certification suites for adapters of the Store and the Log port; see docs/adapters.md.

The only package outside the tests that imports pytest and hypothesis.
"""

import pytest

# Without this a stranger's failed assertion would not say which values differ.
pytest.register_assert_rewrite(f"{__name__}.store", f"{__name__}.log")
