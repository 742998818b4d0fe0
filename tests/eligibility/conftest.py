import pytest
from eligibility.parameter_files import load_parameters
from eligibility.rules.parameters import Parameters


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    return load_parameters()
